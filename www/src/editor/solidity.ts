/** Colours for Solidity. */
import type { Extension } from "@codemirror/state";
import { language } from "./tokens.ts";

const KEYWORDS = new Set(
  (
    "abstract anonymous as assembly break calldata case catch constant constructor continue contract " +
    "default delete do else emit enum error event external fallback for from function if immutable " +
    "import indexed interface internal is leave let library mapping memory modifier new override " +
    "payable pragma private public pure receive return returns revert storage struct super switch " +
    "this throw transient try type unchecked unicode using var view virtual while layout at " +
    "ether gwei wei seconds minutes hours days weeks"
  ).split(" "),
);

const solidityLanguage = language({
  name: "solidity",
  keywords: KEYWORDS,
  types: /^(?:u?int\d{0,3}|bytes\d{0,2}|address|bool|string|byte|u?fixed(?:\d+x\d+)?)$/,
  nested: false,
  templates: false,
  brackets: ["(", "[", "{", '"', "'"],
});

export function solidity(): Extension {
  return solidityLanguage;
}
