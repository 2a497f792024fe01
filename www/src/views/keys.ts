/** The keys of a picture that has the focus. */
import { step } from "../app/actions.ts";

type Acts = Record<string, () => void>;

/** How a picture is looked at more closely, and whole again. */
export type Zooms = { zoomIn: () => void; zoomOut: () => void; showAll: () => void };

/** Signs that some keyboards have only beside another key: AltGr, which is Ctrl and Alt too, or Option. */
const SIGN = /^[^\p{L}\p{N}]$/u;

/** Does what a key stands for; with a modifier that does not make the sign, a key is left to the browser. */
export function keys(acts: Acts): (event: KeyboardEvent) => void {
  return (event) => {
    const makesSign = event.altKey && SIGN.test(event.key);
    if (event.metaKey || (!makesSign && (event.ctrlKey || event.altKey))) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const act = (event.shiftKey ? acts[`Shift${key}`] : undefined) ?? acts[key];
    if (!act) return;
    event.preventDefault();
    act();
  };
}

/** Keys that all pictures have: to zoom, and for the transaction before or after. */
export function pictureKeys({ zoomIn, zoomOut, showAll }: Zooms): Acts {
  return {
    w: zoomIn,
    "+": zoomIn,
    s: zoomOut,
    "-": zoomOut,
    "0": showAll,
    ".": () => step(1),
    ",": () => step(-1),
  };
}
