/** The colours of the canvases, read anew when the theme changes. */
import { app } from "../app/state.svelte.ts";
import { type Colours, coloursAt } from "../lib/colours.ts";

const dark = matchMedia("(prefers-color-scheme: dark)");

class Palette {
  #system = $state(dark.matches);

  constructor() {
    dark.addEventListener("change", ({ matches }) => (this.#system = matches));
  }

  readonly colours: Colours = $derived.by(() => {
    // What the colours depend on; their values come from the style sheets.
    void [app.theme, this.#system];
    return coloursAt(document.body);
  });
}

export const palette = new Palette();
