/** The keys of the page, as its help lists them. A new key is a line here. */

export type Shortcuts = { where: string; keys: { keys: string[]; does: string }[] };

/** `mod` is the key that programs are commanded with: ⌘ or Ctrl. */
export function shortcuts(mod: string): Shortcuts[] {
  return [
    {
      where: "Everywhere",
      keys: [
        { keys: [`${mod} Enter`], does: "Run" },
        { keys: ["Esc"], does: "Stop a run; close what is open" },
        { keys: ["?"], does: "These keys" },
      ],
    },
    {
      where: "Timeline, graph and heatmap",
      keys: [
        { keys: ["W", "S"], does: "Zoom in and out" },
        { keys: ["A", "D"], does: "Move; arrow keys too" },
        { keys: ["0"], does: "Show all" },
        { keys: [",", "."], does: "Previous transaction, next transaction" },
        { keys: ["G"], does: "Groups or single transactions (graph)" },
        { keys: ["↑", "↓"], does: "Previous location, next location (heatmap)" },
      ],
    },
    {
      where: "Timeline",
      keys: [
        { keys: ["F"], does: "Show the selected transaction" },
        { keys: ["[", "]"], does: "Previous abort, next abort" },
        { keys: ["Space"], does: "Play the run, or pause" },
        { keys: ["Shift ←", "Shift →"], does: "One event back, one event further" },
      ],
    },
    {
      where: "Tables and tabs",
      keys: [
        { keys: ["↑", "↓"], does: "Previous row, next row" },
        { keys: ["←", "→"], does: "Previous tab, next tab; width of the editor" },
        { keys: ["Home", "End"], does: "First, last" },
      ],
    },
    {
      where: "Editor",
      keys: [
        { keys: [`${mod} Z`], does: "Undo; also an example that was opened" },
        { keys: [`${mod} F`], does: "Find and replace" },
        { keys: ["Ctrl Space"], does: "Complete" },
        { keys: [`${mod} /`], does: "Comment" },
        { keys: ["F8"], does: "Next problem" },
        { keys: ["Tab"], does: "Leave the editor" },
      ],
    },
  ];
}
