/** The page's colours for canvases: read from the CSS properties, so that there is one palette. */

const NAMES = {
  ink: "--ink",
  ink2: "--ink-2",
  ink3: "--ink-3",
  line: "--line",
  lineStrong: "--line-strong",
  surface: "--surface",
  sunken: "--sunken",
  accent: "--accent",
  accentSoft: "--accent-soft",
  hover: "--hover",
  good: "--good",
  bad: "--bad",
  idle: "--span-idle",
  running: "--span-running",
  executed: "--span-executed",
  conflict: "--conflict",
  committed: "--span-committed",
  aborted: "--span-aborted",
  blocked: "--span-blocked",
  cancelled: "--span-cancelled",
  validated: "--span-validated",
  rejected: "--span-rejected",
  spanInk: "--span-ink",
  hatch: "--hatch",
  curveIdeal: "--curve-ideal",
  curveBound: "--curve-bound",
  curveSimulated: "--curve-simulated",
  curveCeiling: "--curve-ceiling",
  curveMeasured: "--curve-measured",
} as const;

export type Colours = Record<keyof typeof NAMES, string> & { sans: string; mono: string };

/** The colours in force at an element. */
export function coloursAt(element: Element): Colours {
  // Only a real property resolves `light-dark()`.
  const probe = document.createElement("span");
  probe.hidden = true;
  element.append(probe);
  const resolved = Object.entries(NAMES).map(([name, property]) => {
    probe.style.color = `var(${property})`;
    return [name, getComputedStyle(probe).color];
  });
  const style = getComputedStyle(element);
  const fonts = { sans: style.getPropertyValue("--sans"), mono: style.getPropertyValue("--mono") };
  probe.remove();
  return { ...Object.fromEntries(resolved), ...fonts } as Colours;
}
