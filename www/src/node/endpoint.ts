/**
 * The address of a node, and how what is secret in it stays so.
 *
 * Keys are in the path, the query or before the `@`. The rule: what is shown goes through `hide`, since
 * a node may repeat a key in what it answers.
 */

/** The fewest characters of an address that are hidden where they turn up in a message. */
const SHORTEST = 8;

/** The only hosts that a page may ask without encryption: this machine. */
const LOCAL = new Set(["localhost", "127.0.0.1"]);

export type Endpoint = {
  /** Where questions go. */
  address: string;
  /** Host and port, which may be shown. */
  host: string;
  /** The header that stands for a name and password in the address, which `fetch` refuses there. */
  authorization: string | null;
  /** A text without pieces of the address that are long enough to be a key or to tell one. */
  hide: (text: string) => string;
};

/** Reads an address, or says why it cannot be asked without repeating it. */
export function endpointOf(text: string): Endpoint | string {
  const trimmed = text.trim();
  const url = URL.canParse(trimmed) ? new URL(trimmed) : null;
  if (url === null || !trimmed.includes("://") || url.hostname === "") {
    return "This is not an address like https://host/path or http://localhost:8545.";
  }
  if (url.protocol !== "https:" && !(url.protocol === "http:" && LOCAL.has(url.hostname))) {
    return "A page can ask a node by https, or by http on this machine (localhost or 127.0.0.1). The command line asks others: interleave fetch.";
  }
  const user = [url.username, url.password].map(decoded).join(":");
  const secrets = [user, url.username, url.password, url.pathname + url.search + url.hash];
  const all = [...secrets, ...secrets.map(decoded)];
  const authorization = user === ":" ? null : `Basic ${btoa(bytesOf(user))}`;
  url.username = "";
  url.password = "";
  url.hash = "";
  return { address: url.href, host: url.host, authorization, hide: (said) => hidden(said, all) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A character for each byte, as `btoa` wants them. */
function bytesOf(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text));
}

function hidden(text: string, secrets: string[]): string {
  let shown = "";
  for (let at = 0; at < text.length; ) {
    const length = Math.max(0, ...secrets.map((secret) => common(secret, text, at)));
    shown += length === 0 ? text.charAt(at) : "…";
    at += Math.max(length, 1);
  }
  return shown;
}

/** How much of `text` from `at` on is to be hidden for the sake of `secret`. */
function common(secret: string, text: string, at: number): number {
  let longest = 0;
  for (let from = 0; from + SHORTEST <= secret.length; from++) {
    let same = 0;
    while (from + same < secret.length && secret.charAt(from + same) === text.charAt(at + same)) {
      same += 1;
    }
    longest = Math.max(longest, same);
  }
  return longest >= SHORTEST ? longest : 0;
}
