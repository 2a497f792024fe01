/** Pictures that are kept: small files, compared as a person would from a step away. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Locator, Page } from "@playwright/test";
import sharp from "sharp";

/** A picture is kept compressed, with loss; so much of 100 is left, enough to read it. */
const QUALITY = 25;

/** Both pictures are made so much smaller before they are compared. */
const AWAY = 4;

/** A point is another one from here on, of 255 in one of its colours. */
const SEEN = 32;

/** What there is to see once nothing moves any more, as it is kept. */
export async function still(target: Page | Locator): Promise<Buffer> {
  let last: Buffer | null = null;
  for (;;) {
    const now = await target.screenshot({ animations: "disabled", caret: "hide", scale: "device" });
    if (last?.equals(now)) return sharp(now).webp({ quality: QUALITY, effort: 6 }).toBuffer();
    last = now;
  }
}

async function fromAway(picture: Buffer) {
  const { width } = await sharp(picture).metadata();
  const away = sharp(picture).removeAlpha().resize(Math.ceil(width / AWAY));
  return away.raw().toBuffer({ resolveWithObject: true });
}

/** The share of the picture that another one shows differently; 1 if it has another size. */
export async function difference(one: Buffer, other: Buffer): Promise<number> {
  const [a, b] = await Promise.all([fromAway(one), fromAway(other)]);
  if (a.info.width !== b.info.width || a.info.height !== b.info.height) return 1;
  const { channels } = a.info;
  const points = a.data.length / channels;
  let different = 0;
  for (let point = 0; point < points; point++) {
    const from = point * channels;
    const differs = (at: number) => Math.abs((a.data[at] ?? 0) - (b.data[at] ?? 0)) >= SEEN;
    if (differs(from) || differs(from + 1) || differs(from + 2)) different++;
  }
  return different / points;
}

/** The picture that is kept in a file; `null` if there is none. */
export async function kept(file: string): Promise<Buffer | null> {
  return readFile(file).catch(() => null);
}

export async function keep(file: string, picture: Buffer): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, picture);
}
