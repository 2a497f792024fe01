/** Entries with the same key together, both in the order in which they first occur. */
export function grouped<Key, T>(entries: Iterable<T>, key: (entry: T) => Key): Map<Key, T[]> {
  const groups = new Map<Key, T[]>();
  for (const entry of entries) {
    const of = key(entry);
    const group = groups.get(of);
    if (group) group.push(entry);
    else groups.set(of, [entry]);
  }
  return groups;
}
