/** The colours that the reader chose, before anything is painted; `src/app/memory.ts` remembers them. */
"use strict";

{
  let theme = null;
  try {
    theme = localStorage.getItem("interleave.theme");
  } catch {
    // Storage may be refused: then they are the system's.
  }
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
}
