/** A picture on a canvas, for as long as the canvas is on the page. */
import type { Picture } from "../canvas/pen.ts";
import type { Shown } from "../canvas/save.ts";
import type { Surface } from "../canvas/surface.ts";
import { palette } from "./palette.svelte.ts";

type Size = { widthPx: number; heightPx: number };

/** What draws on the canvas that a view has, once it has one, in the size that it has. */
export class Drawing<T extends { surface: Surface }> {
  #drawn = $state.raw<T | null>(null);
  readonly #size: () => Size;

  constructor(
    Kind: new (canvas: HTMLCanvasElement) => T,
    canvas: () => HTMLCanvasElement | undefined,
    size: () => Size,
  ) {
    this.#size = size;
    $effect(() => {
      const on = canvas();
      if (!on) return;
      const made = new Kind(on);
      this.#drawn = made;
      return () => {
        made.surface.destroy();
        this.#drawn = null;
      };
    });
    $effect(() => {
      const { widthPx, heightPx } = size();
      this.#drawn?.surface.resize(widthPx, heightPx);
    });
  }

  /** None while there is no canvas. */
  get current(): T | null {
    return this.#drawn;
  }

  /** The picture as it is now, for a file. */
  shown(this: Drawing<T & { draw: Picture }>, title: string): Shown | null {
    const drawn = this.#drawn;
    if (!drawn) return null;
    return {
      picture: (sheet) => drawn.draw(sheet),
      ...this.#size(),
      title,
      background: palette.colours.surface,
    };
  }
}
