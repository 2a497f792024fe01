/** How a block is called when a node is asked for it, and how far that is. */
import { count } from "../lib/format.ts";
import type { Progress } from "../node/messages.ts";

/** `latest`, or the number in hexadecimal as nodes want it; `null` for anything else. */
export function blockName(text: string): string | null {
  const plain = text.trim().toLowerCase().replaceAll(",", "");
  if (plain === "latest") return plain;
  if (!/^(\d{1,16}|0x[\da-f]{1,13})$/.test(plain)) return null;
  const number = Number(plain);
  return Number.isSafeInteger(number) ? `0x${number.toString(16)}` : null;
}

/** Such as `Receipts, 3 of 120 (1.2 MB)`. */
export function progressText(progress: Progress | null): string {
  if (progress === null) return "Connecting…";
  const { name, done, total, bytes } = progress;
  const of = total > 1 ? `, ${count(done)} of ${count(total)}` : "";
  return `${name}${of} (${sizeText(bytes)})`;
}

/** `1.2 MB`. */
function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1e6 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
