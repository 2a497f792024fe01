/** Colours for languages with the syntax of C: what is common to scripts and Solidity. */
import {
  HighlightStyle,
  StreamLanguage,
  type StringStream,
  syntaxHighlighting,
} from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { tags } from "@lezer/highlight";

/** What a language has of its own. */
export type Words = {
  name: string;
  keywords: Set<string>;
  /** Words that name a type. */
  types: RegExp;
  /** Comments in comments, as Rhai has them. */
  nested: boolean;
  /** Text between backquotes, over several lines. */
  templates: boolean;
  brackets: string[];
};

/** What the line before left open. */
type State = { comment: number; template: boolean };

export function language(words: Words): Extension {
  const parser = StreamLanguage.define<State>({
    name: words.name,
    startState: () => ({ comment: 0, template: false }),
    token: (input, state) => token(words, input, state),
    languageData: {
      commentTokens: { line: "//", block: { open: "/*", close: "*/" } },
      closeBrackets: { brackets: words.brackets },
      indentOnInput: /^\s*[}\])]$/,
    },
  });
  return [parser, syntaxHighlighting(colours)];
}

function token(words: Words, input: StringStream, state: State): string | null {
  if (state.comment > 0) return comment(words, input, state);
  if (state.template) return template(input, state);
  if (input.eatSpace()) return null;
  if (input.match("//")) {
    input.skipToEnd();
    return "lineComment";
  }
  if (input.match("/*")) {
    state.comment = 1;
    return comment(words, input, state);
  }
  if (words.templates && input.match("`")) {
    state.template = true;
    return template(input, state);
  }
  if (input.match(/^"(?:[^"\\]|\\.)*"?/) || input.match(/^'(?:[^'\\]|\\.)*'?/)) return "string";
  if (input.match(/^0[xob][\da-f_]+/i) || input.match(/^\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?/i)) {
    return "number";
  }
  if (input.match(/^[\p{L}_$][\p{L}\p{N}_$]*/u)) return classify(words, input);
  if (input.match(/^[-+*/%<>=!&|^~?]+/)) return "operator";
  input.next();
  return null;
}

function classify(words: Words, input: StringStream): string {
  const word = input.current();
  if (word === "true" || word === "false") return "bool";
  if (words.keywords.has(word)) return "keyword";
  if (words.types.test(word)) return "typeName";
  return input.match(/^\s*\(/, false) ? "variableName.function" : "variableName";
}

function comment(words: Words, input: StringStream, state: State): string {
  while (!input.eol() && state.comment > 0) {
    if (words.nested && input.match("/*")) state.comment += 1;
    else if (input.match("*/")) state.comment -= 1;
    else input.next();
  }
  return "blockComment";
}

function template(input: StringStream, state: State): string {
  while (!input.eol()) {
    if (input.next() === "`") {
      state.template = false;
      break;
    }
  }
  return "string";
}

const colours = HighlightStyle.define([
  { tag: tags.comment, color: "var(--code-comment)" },
  { tag: [tags.keyword, tags.bool], color: "var(--code-keyword)" },
  { tag: tags.typeName, color: "var(--code-number)" },
  { tag: tags.function(tags.variableName), color: "var(--code-verb)" },
  { tag: tags.string, color: "var(--code-string)" },
  { tag: tags.number, color: "var(--code-number)" },
]);
