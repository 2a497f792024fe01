/** The line of the script that made the selected transaction. */
import { type Extension, StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView } from "@codemirror/view";

/** A line number, from 1, or none. */
export const chooseLine = StateEffect.define<number | null>();

const mark = Decoration.line({ class: "cm-chosenLine" });

export const chosenLine: Extension = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marked, transaction) {
    let next = marked.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (!effect.is(chooseLine)) continue;
      const { doc } = transaction.state;
      const line = effect.value;
      const there = line !== null && line >= 1 && line <= doc.lines;
      next = there ? Decoration.set([mark.range(doc.line(line).from)]) : Decoration.none;
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});
