/**
 * Text to the characters of a link, and back within limits.
 *
 * UTF-8, `deflate-raw`, base64url. A link is hostile input: nothing is inflated further than the
 * limit, since a few kilobytes can hold gigabytes.
 */
import { LINK_BYTES, LINK_CHARS } from "../engine/limits.ts";
import { Unreadable } from "./unreadable.ts";

const DAMAGED = "it is cut off or damaged";

/** The text packed; `null` if that is longer than a link may be. */
export async function pack(text: string): Promise<string | null> {
  const packed = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
  if (Math.ceil((bytes.length * 4) / 3) > LINK_CHARS) return null;
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}

/** The text that was packed; throws `Unreadable`. */
export async function unpack(packed: string): Promise<string> {
  if (packed.length > LINK_CHARS) throw new Unreadable("it is too long");
  const bytes = bytesOf(packed);
  const inflated = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const reader = inflated.getReader();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  let read = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return text + decoder.decode();
      read += value.byteLength;
      if (read > LINK_BYTES) throw new Unreadable(`it holds more than ${LINK_BYTES / 2 ** 20} MiB`);
      text += decoder.decode(value, { stream: true });
    }
  } catch (error) {
    // What is left is not inflated; that the stream ends early is no news.
    reader.cancel().catch(() => undefined);
    throw error instanceof Unreadable ? error : new Unreadable(DAMAGED);
  }
}

function bytesOf(packed: string): Uint8Array<ArrayBuffer> {
  if (!/^[\w-]+$/.test(packed)) throw new Unreadable(DAMAGED);
  try {
    const binary = atob(packed.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(binary, (character) => character.charCodeAt(0));
  } catch {
    throw new Unreadable(DAMAGED);
  }
}
