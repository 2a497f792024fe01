/** The words of the field, as the help explains them to whoever meets one on the page. */

export type Words = { about: string; words: { word: string; meaning: string }[] };

export const WORDS: readonly Words[] = [
  {
    about: "The block",
    words: [
      { word: "transaction", meaning: "A payment or a call of a contract. Its number is its place in the block, from 0." },
      { word: "batch", meaning: "What the script makes: accounts, contracts and transactions in order." },
      { word: "block order", meaning: "The order in which transactions stand in the block. Whatever runs at the same time, the result must be the one that this order gives." },
      { word: "location", meaning: "What can be read and written apart from everything else: an account's balance, nonce or code, or one storage slot." },
      { word: "storage slot", meaning: "32 bytes of a contract's storage; small variables may share one." },
      { word: "revert", meaning: "A transaction fails by the contract's own rules. It counts, and its fee is paid." },
      { word: "digest", meaning: "One number for everything a run came to. Two runs with the same digest came to the same, bit for bit." },
    ],
  },
  {
    about: "Running in parallel",
    words: [
      { word: "strategy", meaning: "The rules by which transactions run at the same time and still come to the right result. The field calls it concurrency control." },
      { word: "worker", meaning: "Who executes transactions, one at a time: a web worker of this tab, or a simulated one." },
      { word: "incarnation", meaning: "One try at executing a transaction. The first is number 0." },
      { word: "validation", meaning: "The question whether a try that has ended would read the same values now." },
      { word: "abort", meaning: "A validation said no: the try counts for nothing, and the transaction runs again." },
      { word: "ESTIMATE", meaning: "A mark where an aborted try had written. The transaction will probably write there again, so others wait for it instead of reading." },
      { word: "blocked", meaning: "A try that came to an ESTIMATE, and stopped." },
      { word: "commit", meaning: "A transaction's result can no longer change." },
      { word: "wasted", meaning: "Gas of tries that did not commit." },
      { word: "hints", meaning: "What transactions are expected to read and write, for strategies that plan. Wrong ones cost time and change no result." },
      { word: "block access list", meaning: "A list in the block of what each transaction writes (EIP-7928). With it nobody has to wait for a value." },
      { word: "shard", meaning: "A part of all accounts, which one worker has for itself." },
    ],
  },
  {
    about: "What holds a batch back",
    words: [
      { word: "conflict", meaning: "Two transactions touch the same location, and at least one of them writes it." },
      { word: "dependency", meaning: "A transaction read what another one wrote, so it had to come after it." },
      { word: "critical path", meaning: "The chain of dependencies with the most gas. Its transactions run one after another, however many workers there are." },
      { word: "hot", meaning: "A location where many transactions meet." },
      { word: "deferred fee", meaning: "Every transaction pays the block's beneficiary. Deferred, this is done when it commits, and makes no conflict." },
      { word: "commutative", meaning: "In whatever order: payments to one account add up to the same." },
    ],
  },
  {
    about: "How fast it was",
    words: [
      { word: "sequential execution", meaning: "One transaction after another, by plain revm. Every result is compared with what it came to." },
      { word: "speedup", meaning: "The time of sequential execution over the time of the run: 2.0× is half the time." },
      { word: "gas time", meaning: "Time of simulated workers, in gas. The same on every machine; it compares strategies, and is no forecast of real time." },
      { word: "utilisation", meaning: "The share of the workers' time in which they executed what was committed." },
      { word: "bound", meaning: "The largest speedup that dependencies allow." },
    ],
  },
];
