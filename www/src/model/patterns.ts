/** What a hot location is known as, in words. */
import type { Pattern } from "../engine/report.ts";

export const PATTERNS: Record<Pattern, { name: string; meaning: string }> = {
  globalCounter: {
    name: "Global counter",
    meaning: "A total that many transactions add to. Each must know what the one before it left.",
  },
  sequenceNumber: {
    name: "Sequence number",
    meaning: "A number that each transaction takes and leaves one higher, as with a next id.",
  },
  totalSupply: {
    name: "Total supply",
    meaning: "All tokens there are: every mint and burn moves it.",
  },
  sharedPool: {
    name: "Shared pool",
    meaning: "Reserves, or a price made of them. Every trade moves them, and the next one needs them.",
  },
  contest: {
    name: "Contest",
    meaning: "The best so far, or whose it is. Who beats it replaces it, and the next one must beat that.",
  },
  sharedState: {
    name: "Shared state",
    meaning: "Each transaction makes it anew of what the one before left, such as a seed or whose turn it is.",
  },
  sharedPurse: {
    name: "Shared purse",
    meaning: "An amount that many transactions pay into and take from.",
  },
  singlePayee: {
    name: "Single payee",
    meaning: "An account or entry that many transactions pay to.",
  },
  singlePayer: {
    name: "Single payer",
    meaning: "An account or entry that pays in many transactions, one after another.",
  },
  sequentialNonce: {
    name: "Sequential nonce",
    meaning: "A sender with many transactions: each needs the nonce that the one before it left.",
  },
  factory: {
    name: "Factory",
    meaning: "A contract that creates others: the address of each depends on its nonce.",
  },
  beneficiary: {
    name: "Beneficiary",
    meaning: "The balance that the fee of every transaction goes to.",
  },
  feeReader: {
    name: "Reader of fees",
    meaning: "Somebody asks for the fees so far, and they depend on all transactions before.",
  },
  flag: {
    name: "Flag",
    meaning: "A lock or switch that goes to and fro within the block.",
  },
  timestamp: {
    name: "Stored time",
    meaning: "The block's time or number, stored by each transaction anew.",
  },
  published: {
    name: "Published value",
    meaning: "One transaction writes it and many read it, such as a price or an index.",
  },
  wholeAccount: {
    name: "Whole account",
    meaning: "Everything of one account counts as one location in this run.",
  },
  lifecycle: {
    name: "Lifecycle",
    meaning: "An account is created, destroyed or given code, and others use it in the same block.",
  },
};
