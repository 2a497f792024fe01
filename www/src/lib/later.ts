/** Parts of the page that come after its first picture. */

/** Lets the browser paint, and hear the reader, before the next piece of work. */
export function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/** Waits until nothing else is to do. */
export function idle(): Promise<void> {
  return new Promise((resolve) => {
    // Not every browser has idle time to give.
    if ("requestIdleCallback" in window) requestIdleCallback(() => resolve());
    else setTimeout(resolve, 500);
  });
}

/** Fetches a part once; one that could not be fetched is asked for again. */
export function later<Part>(fetch: () => Promise<{ default: Part }>): () => Part | Promise<Part> {
  let found: Part | null = null;
  return () => found ?? fetched();

  async function fetched(): Promise<Part> {
    const module = await fetch();
    // It was read in, and is used in a piece of work of its own.
    await pause();
    return (found = module.default);
  }
}

/** Fetches a part ahead. Whoever wants one that cannot be fetched is told so then. */
export async function ahead(load: () => unknown): Promise<void> {
  try {
    await load();
  } catch {
    // As said.
  }
}
