/** What holds the batch back: tables that sort, the remedy one click from the verdict, source lines. */
import { expect, test } from "./fixture.ts";
import { Playground } from "./playground.ts";

const COUNTER = `// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

contract Tally {
    uint256 public votes;

    function vote() external {
        votes += 1;
    }
}
`;
const VOTES = `// Everybody votes
let tally = deploy("Tally", []);
for person in accounts("person", 8) {
    send(person, tally, "vote()", []);
}
`;

test("the verdict leads to the remedy, and the remedied example opens from there", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await page.getByRole("region", { name: "Verdict" }).getByRole("button", { name: "Airdrop.claimed" }).click();
  const location = playground.inspector.getByRole("region", { name: "Location" });
  await expect(location).toContainText("Global counter.");
  await expect(location).toContainText("Airdrop.sol:");
  await location.getByRole("button", { name: /^Open “/ }).click();
  await playground.finished();
  await expect(page.getByRole("region", { name: "Verdict" })).not.toContainText("Airdrop.claimed");
});

test("the line that writes a hot variable is shown in the editor", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.writeContract(COUNTER);
  await playground.compiled();
  await playground.chooseTab("Script");
  await playground.write(VOTES);
  await playground.runAndFinish();
  await page.getByRole("tab", { name: "Hot variables" }).click();
  const grid = page.getByRole("grid", { name: "Hot locations" });
  await grid.getByRole("row").filter({ hasText: "Tally.votes" }).click();
  const location = playground.inspector.getByRole("region", { name: "Location" });
  await expect(location).toContainText("votes += 1;");
  await location.getByRole("button", { name: "Contract.sol:8" }).first().click();
  const editor = page.getByRole("textbox", { name: /^Solidity, / });
  await expect(editor).toBeFocused();
});

test("tables by contract and by function sort, and a function selects its calls", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.chooseExample("A mixed block");
  await page.getByRole("tab", { name: "Hot variables" }).click();

  await page.getByRole("radio", { name: "Contracts" }).check();
  await expect(page.getByRole("grid", { name: "Contracts" }).getByRole("row")).not.toHaveCount(1);

  await page.getByRole("radio", { name: "Functions" }).check();
  const grid = page.getByRole("grid", { name: "Functions" });
  const transactions = grid.getByRole("columnheader", { name: "Transactions" });
  await transactions.getByRole("button").click();
  await expect(transactions).toHaveAttribute("aria-sort", "descending");
  const first = grid.getByRole("row").nth(1);
  const most = await first.textContent();
  await transactions.getByRole("button").click();
  await expect(transactions).toHaveAttribute("aria-sort", "ascending");
  await expect(first).not.toHaveText(most ?? "");
  await transactions.getByRole("button").click();
  await expect(transactions).not.toHaveAttribute("aria-sort");

  await grid.focus();
  await page.keyboard.press("Home");
  await expect(playground.inspector).toContainText(/\d+ transactions called /);
  await expect(grid.getByRole("row", { selected: true })).toHaveCount(1);
});
