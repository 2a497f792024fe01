// The part of npm `solc` that scripts/ uses; the package has no types of its own.

declare module "solc" {
  /** The contents of an imported file, or why there are none. */
  export type Import = { contents: string } | { error: string };

  /** What standard JSON compilation returns, as far as it was asked for. */
  export interface Output {
    errors?: { formattedMessage: string }[];
    contracts?: Record<string, Record<string, Contract>>;
    sources?: Record<string, { id: number }>;
  }

  export interface Contract {
    abi: unknown[];
    evm: { bytecode: { object: string }; deployedBytecode: { object: string; sourceMap: string } };
    storageLayout: unknown;
  }

  const solc: {
    compile(input: string, callbacks: { import(path: string): Import }): string;
    version(): string;
    license(): string;
  };
  export default solc;
}
