/**
 * Pictures of the page: one for the README, and each width in both themes to look at.
 *
 * Run by `npm run screenshots`, on the built page.
 */
import { expect, test } from "./fixture.ts";
import { Playground } from "./playground.ts";

const README = new URL("../../www/screenshot.png", import.meta.url).pathname;
const SIZES = [
  { width: 1440, height: 900 },
  { width: 768, height: 1024 },
  { width: 360, height: 740 },
];
const EXAMPLE = "A mixed block";

/** Two files, of which one has an error and a warning. */
const VAULT = `// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import "./Math.sol";

/// @notice Everybody's shares of one pot.
contract Vault {
    uint256 public total;
    mapping(address owner => uint256 shares) public sharesOf;

    error NothingGiven(address by);

    function give() external payable returns (uint256 shares) {
        if (msg.value == 0) revert NothingGiven(msg.sender);
        uint256 before = total;
        shares = Math.half(msg.value);
        total += shares;
        sharesOf[msg.sender] += share;
    }
}
`;
const MATH = `library Math {
    function half(uint256 n) internal pure returns (uint256) {
        return n / 2;
    }
}
`;
const MOST_STEPS = 100;

/** Steps to the first transaction that had to run more than once: it shows most. */
async function chooseRetried(playground: Playground): Promise<void> {
  await playground.timeline.focus();
  for (let step = 0; step < MOST_STEPS; step++) {
    await playground.page.keyboard.press(".");
    const text = await playground.inspector.textContent();
    if (text?.includes("because")) break;
  }
  await playground.timeline.blur();
}

for (const colorScheme of ["light", "dark"] as const) {
  for (const viewport of SIZES) {
    test(`${viewport.width} px, ${colorScheme}`, async ({ browser, site }, info) => {
      const touch = viewport.width < 800;
      const page = await browser.newPage({ baseURL: site, colorScheme, viewport, hasTouch: touch });
      const playground = new Playground(page);
      await playground.open();
      await playground.openExamples();
      await page.screenshot({ path: info.outputPath("gallery.png") });
      await page.keyboard.press("Escape");
      await playground.chooseExample(EXAMPLE);
      if (!touch) await chooseRetried(playground);
      await page.screenshot({ path: info.outputPath("page.png") });
      if (!touch && colorScheme === "light") await page.screenshot({ path: README });

      await page.getByRole("tab", { name: "Heatmap" }).click();
      await page.getByRole("button", { name: "Replay", exact: true }).click();
      const slider = page.getByRole("slider", { name: "Moment of the run" });
      await slider.fill(String(Math.round(Number(await slider.getAttribute("max")) * 0.4)));
      await slider.scrollIntoViewIfNeeded();
      await page.screenshot({ path: info.outputPath("replay.png") });
      await page.getByRole("tab", { name: "Dependencies" }).click();
      await page.getByRole("tab", { name: "Dependencies" }).scrollIntoViewIfNeeded();
      await page.screenshot({ path: info.outputPath("replay-graph.png") });
      await page.getByRole("button", { name: "End the replay" }).click();
      await page.getByRole("tab", { name: "Heatmap" }).click();
      await page.screenshot({ path: info.outputPath("heatmap.png") });

      if (touch) await page.getByRole("button", { name: "Script", exact: true }).click();
      await playground.chooseTab("Contracts");
      await page.screenshot({ path: info.outputPath("contracts-none.png") });
      await page.getByLabel("Files of contracts").setInputFiles([
        { name: "Math.sol", mimeType: "text/plain", buffer: Buffer.from(MATH) },
        { name: "Vault.sol", mimeType: "text/plain", buffer: Buffer.from(VAULT) },
      ]);
      await expect(playground.problems).not.toHaveCount(0, { timeout: 30_000 });
      await page.screenshot({ path: info.outputPath("contracts.png") });
      await page.close();
    });
  }
}
