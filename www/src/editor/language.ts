/** Colours and completions for scripts: Rhai's syntax and the verbs of a batch. */
import { autocompletion, type Completion, completeFromList } from "@codemirror/autocomplete";
import {
  HighlightStyle,
  LanguageSupport,
  StreamLanguage,
  type StringStream,
  syntaxHighlighting,
} from "@codemirror/language";
import { tags } from "@lezer/highlight";

const KEYWORDS = new Set(
  (
    "let const if else switch while loop do until for in continue break return throw try catch " +
    "fn private true false"
  ).split(" "),
);

/** What a script can call to describe its batch, with what completion shows beside it. */
const VERBS: Record<string, string> = {
  account: "(name, options)",
  accounts: "(prefix, n, options)",
  deploy: "(contract, args, options)",
  prepare: "(from, to, call, args, options)",
  send: "(from, to, call, args, options)",
  transfer: "(from, to, value)",
  block: "(options)",
  shard: "(accounts, n)",
  ether: "(x)",
  gwei: "(x)",
  wei: "(x)",
  hex: "(text)",
  keccak: "(x)",
  encode: "(signature, args)",
  seed: "(n)",
  random: "(n)",
  shuffle: "(list)",
  zipf: "(n, s)",
};

/** What the line before left open. */
type State = { comment: number; template: boolean };

const stream = StreamLanguage.define<State>({
  name: "rhai",
  startState: () => ({ comment: 0, template: false }),
  token(input, state) {
    if (state.comment > 0) return comment(input, state);
    if (state.template) return template(input, state);
    if (input.eatSpace()) return null;
    if (input.match("//")) {
      input.skipToEnd();
      return "lineComment";
    }
    if (input.match("/*")) {
      state.comment = 1;
      return comment(input, state);
    }
    if (input.match("`")) {
      state.template = true;
      return template(input, state);
    }
    if (input.match(/^"(?:[^"\\]|\\.)*"?/) || input.match(/^'(?:[^'\\]|\\.)*'?/)) return "string";
    if (input.match(/^0[xob][\da-f_]+/i) || input.match(/^\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?/i)) {
      return "number";
    }
    const word = input.match(/^[\p{L}_][\p{L}\p{N}_]*/u);
    if (word) return classify(input.current());
    if (input.match(/^[-+*/%<>=!&|^~?]+/)) return "operator";
    input.next();
    return null;
  },
  languageData: {
    commentTokens: { line: "//", block: { open: "/*", close: "*/" } },
    closeBrackets: { brackets: ["(", "[", "{", '"', "`"] },
    indentOnInput: /^\s*[}\])]$/,
  },
});

function classify(word: string): string | null {
  if (KEYWORDS.has(word)) return word === "true" || word === "false" ? "bool" : "keyword";
  return Object.hasOwn(VERBS, word) ? "variableName.function" : "variableName";
}

/** Comments nest. */
function comment(input: StringStream, state: State): string {
  while (!input.eol() && state.comment > 0) {
    if (input.match("/*")) state.comment += 1;
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
  { tag: tags.function(tags.variableName), color: "var(--code-verb)" },
  { tag: tags.string, color: "var(--code-string)" },
  { tag: tags.number, color: "var(--code-number)" },
]);

const completions: Completion[] = [
  ...Object.entries(VERBS).map(([label, detail]) => ({ label, detail, type: "function" })),
  ...[...KEYWORDS].map((label) => ({ label, type: "keyword" })),
];

export function script(): LanguageSupport {
  return new LanguageSupport(stream, [
    syntaxHighlighting(colours),
    autocompletion({ override: [completeFromList(completions)], icons: false }),
  ]);
}
