/**
 * Text to the characters of a link, and back within limits.
 *
 * UTF-8, `deflate-raw`, base64url. A link is hostile input: nothing is inflated further than the
 * limit, since a few kilobytes can hold gigabytes.
 */
import { Unreadable } from "./unreadable.ts";

/** The longest packed text that is read or made. Chat programs and servers cut longer links. */
export const MOST_PACKED_CHARS = 65_536;

/** The longest text that is taken out of a link, in bytes. */
export const MOST_UNPACKED_BYTES = 4 * 1024 * 1024;

const DAMAGED = "it is cut off or damaged";

/** The text packed; `null` if that is longer than a link may be. */
export async function pack(text: string): Promise<string | null> {
  const packed = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
  if (Math.ceil((bytes.length * 4) / 3) > MOST_PACKED_CHARS) return null;
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}

/** The text that was packed; throws `Unreadable`. */
export async function unpack(packed: string): Promise<string> {
  if (packed.length > MOST_PACKED_CHARS) throw new Unreadable("it is too long");
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
      if (read > MOST_UNPACKED_BYTES) throw new Unreadable("it holds more than 4 MiB");
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
