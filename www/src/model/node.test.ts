import { expect, test } from "vitest";
import { blockName, progressText } from "./node.ts";

test("a block is called by its number or as the latest", () => {
  expect(blockName(" Latest ")).toBe("latest");
  expect(blockName("23,000,000")).toBe("0x15ef3c0");
  expect(blockName("0xFF")).toBe("0xff");
  expect(blockName("0")).toBe("0x0");
  for (const wrong of ["", "-1", "1e3", "pending", "0x", "9".repeat(17), "<b>"]) {
    expect(blockName(wrong)).toBeNull();
  }
});

test("progress says the step, how many of how many, and how much came", () => {
  expect(progressText(null)).toBe("Connecting…");
  expect(progressText({ name: "Block", done: 0, total: 1, bytes: 512 })).toBe("Block (512 bytes)");
  expect(progressText({ name: "Receipts", done: 3, total: 1200, bytes: 1_234_000 })).toBe(
    "Receipts, 3 of 1,200 (1.2 MB)",
  );
});
