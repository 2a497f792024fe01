/**
 * An editor of a text: CodeMirror in a shadow root.
 *
 * In a shadow root CodeMirror adopts its style sheets instead of writing style elements, which the
 * page's security policy refuses.
 */
import { closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, isolateHistory } from "@codemirror/commands";
import { bracketMatching, indentOnInput, indentUnit } from "@codemirror/language";
import { type Diagnostic, diagnosticCount, lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState, type Extension, type StateEffect, Transaction } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
  placeholder,
} from "@codemirror/view";
import type { Mark } from "../model/problems.ts";
import { chooseLine, chosenLine } from "./chosen-line.ts";
import { theme } from "./theme.ts";

export type EditorOptions = {
  /** Its accessible name. */
  label: string;
  /** Colours, completions and so on of its language. */
  language: Extension;
  /** Shown while there is no text. */
  hint: string;
  /** May it only be read? */
  readOnly?: boolean;
};

export type EditorEvents = {
  /** The text changed. */
  changed: (text: string) => void;
  /** A person moved the cursor to another line, counted from 1. */
  line: (line: number) => void;
};

/**
 * Types over a selection. Left to itself, the browser would give what comes in its place inline styles,
 * which the security policy refuses.
 */
function replaceLines(event: InputEvent, view: EditorView): boolean {
  const { state } = view;
  const { main } = state.selection;
  const lines = state.doc.lineAt(main.to).number - state.doc.lineAt(main.from).number;
  if (event.inputType !== "insertText" || event.data === null || main.empty) return false;
  // A single letter over a part of a line is typed: brackets go around what is selected.
  if (lines === 0 && event.data.length < 2) return false;
  event.preventDefault();
  view.dispatch(state.replaceSelection(event.data), { userEvent: "input.type" });
  return true;
}

export class Editor {
  readonly #view: EditorView;
  #line = 1;

  constructor(host: HTMLElement, text: string, options: EditorOptions, events: EditorEvents) {
    const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
    const state = EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        lintGutter(),
        history(),
        drawSelection(),
        indentUnit.of("    "),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        highlightSelectionMatches(),
        EditorView.lineWrapping,
        options.language,
        placeholder(options.hint),
        EditorState.readOnly.of(options.readOnly ?? false),
        chosenLine,
        theme,
        EditorView.contentAttributes.of({ "aria-label": options.label, spellcheck: "false", tabindex: "0" }),
        EditorView.domEventHandlers({ beforeinput: replaceLines }),
        keymap.of([
          ...closeBracketsKeymap,
          // The page runs the script with this key.
          ...defaultKeymap.filter(({ key }) => key !== "Mod-Enter"),
          ...searchKeymap,
          ...historyKeymap,
          ...completionKeymap,
          ...lintKeymap,
        ]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) events.changed(update.state.doc.toString());
          const line = update.state.doc.lineAt(update.state.selection.main.head).number;
          const moved = update.selectionSet && line !== this.#line;
          this.#line = line;
          if (moved && update.view.hasFocus && !update.docChanged) events.line(line);
        }),
      ],
    });
    this.#view = new EditorView({ state, parent: root, root });
  }

  /** Replaces the text in one step, which undo takes back. */
  replace(text: string): void {
    const { state } = this.#view;
    const { doc } = state;
    // However its lines end.
    const wanted = state.toText(text);
    if (doc.eq(wanted)) return;
    this.#view.dispatch({
      changes: { from: 0, to: doc.length, insert: wanted },
      selection: { anchor: 0 },
      scrollIntoView: true,
      annotations: [
        // A step of its own, however soon it follows the last keystroke.
        isolateHistory.of("full"),
        // Nobody wants an empty text back.
        Transaction.addToHistory.of(doc.length > 0),
      ],
    });
  }

  underline(marks: Mark[]): void {
    // Most texts have nothing wrong with them, however often they are looked at.
    if (marks.length === 0 && diagnosticCount(this.#view.state) === 0) return;
    const { length } = this.#view.state.doc;
    const diagnostics: Diagnostic[] = marks.map((mark) => ({
      ...mark,
      from: Math.min(mark.from, length),
      to: Math.min(mark.to, length),
    }));
    this.#view.dispatch(setDiagnostics(this.#view.state, diagnostics));
  }

  /** Marks a line, and brings it into sight. */
  choose(line: number | null): void {
    const { doc } = this.#view.state;
    const effects: StateEffect<unknown>[] = [chooseLine.of(line)];
    if (line !== null && line <= doc.lines && line !== this.#line) {
      effects.push(EditorView.scrollIntoView(doc.line(line).from, { y: "nearest", yMargin: 40 }));
    }
    this.#view.dispatch({ effects });
  }

  focus(): void {
    this.#view.focus();
  }

  /** Puts the cursor at a place, both counted from 1. */
  goTo(line: number, column: number): void {
    const { doc } = this.#view.state;
    const target = doc.line(Math.min(Math.max(line, 1), doc.lines));
    const before = [...target.text].slice(0, column - 1).join("").length;
    const anchor = target.from + before;
    this.#view.dispatch({
      selection: { anchor },
      effects: EditorView.scrollIntoView(anchor, { y: "center" }),
    });
    this.#view.focus();
  }

  destroy(): void {
    this.#view.destroy();
  }
}
