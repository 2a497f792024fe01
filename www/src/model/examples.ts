/** Examples as the menu shows them. */
import type { Catalog, Example } from "../engine/report.ts";
import { grouped } from "../lib/group.ts";

export type ExampleGroup = { group: string; examples: Example[] };

/** Groups in the order in which they first occur. */
export function exampleGroups(examples: Example[]): ExampleGroup[] {
  const groups = grouped(examples, ({ group }) => group);
  return [...groups].map(([group, members]) => ({ group, examples: members }));
}

/** The example that a script is, unchanged. */
export function exampleOf(script: string, catalog: Catalog | null): string | null {
  return catalog?.examples.find((example) => example.script === script)?.id ?? null;
}

/** The first sentence of a text. */
export function firstSentence(text: string): string {
  return /^.*?[.!?](?=\s|$)/s.exec(text)?.[0] ?? text;
}

/** Examples that have every word of `query` in their title, group or description. */
export function matching(examples: Example[], query: string): Example[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return examples.filter(({ title, group, description }) => {
    const text = `${title} ${group} ${description}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
