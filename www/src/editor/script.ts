/** Colours, completions and help for scripts: Rhai's syntax and the verbs of a batch. */
import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
} from "@codemirror/autocomplete";
import type { Extension } from "@codemirror/state";
import { hoverTooltip, type Tooltip } from "@codemirror/view";
import { completeAt, type Facts, type Offer, verbAt } from "../model/completion.ts";
import { language } from "./tokens.ts";

const KEYWORDS = (
  "let const if else switch while loop do until for in continue break return throw try catch " +
  "fn private true false"
).split(" ");

const rhai = language({
  name: "rhai",
  keywords: new Set(KEYWORDS),
  types: /^(?!)/,
  nested: true,
  templates: true,
  brackets: ["(", "[", "{", '"', "`"],
});

/** `facts` is asked anew each time, since contracts come and go. */
export function script(facts: () => Facts): Extension {
  return [
    rhai,
    autocompletion({ override: [(context) => complete(context, facts())], icons: false }),
    hoverTooltip((view, at) => help(view.state.doc.toString(), at, facts())),
  ];
}

function complete(context: CompletionContext, facts: Facts): CompletionResult | null {
  const text = context.state.doc.toString();
  const found = completeAt(text, context.pos, context.explicit, facts, KEYWORDS);
  if (found === null) return null;
  return { from: found.from, options: found.offers.map(option), validFor: found.validFor };
}

function option({ label, detail, help, kind }: Offer): Completion {
  return {
    label,
    type: kind,
    ...(detail === "" ? {} : { detail }),
    ...(help === "" ? {} : { info: help }),
  };
}

function help(text: string, at: number, facts: Facts): Tooltip | null {
  const found = verbAt(text, at, facts);
  if (found === null) return null;
  return {
    pos: found.from,
    end: found.to,
    above: true,
    create: () => {
      const dom = document.createElement("div");
      dom.className = "cm-help";
      const signature = dom.appendChild(document.createElement("code"));
      signature.textContent = found.verb.signature;
      dom.appendChild(document.createElement("p")).textContent = found.verb.help;
      return { dom };
    },
  };
}
