/**
 * A real node, Foundry's anvil, with a block made for the tests; npm installs it.
 *
 * The block has a contract that is made in it and then called, and accounts that were not there before.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { arch, platform } from "node:os";
import { createInterface } from "node:readline";

/** How many transactions of each kind the block has. */
export const EACH = 50;

/** Creation code of a contract that counts in slot 0, keeps the hash of the block before the last, and logs. */
const COUNTER = "0x60055f556014600e5f3960145ff35f546001015f556002430340600155335f5fa100";

const SYSTEMS: Record<string, string> = { x64: "amd64", arm64: "arm64" };

export class Anvil {
  readonly address: string;
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess, address: string) {
    this.#process = process;
    this.address = address;
  }

  /** Starts a node that mines when it is told to. */
  static async start(): Promise<Anvil> {
    const name = `@foundry-rs/anvil-${platform()}-${SYSTEMS[arch()] ?? arch()}/bin/anvil`;
    const program = createRequire(import.meta.url).resolve(name);
    const options = ["--port", "0", "--no-mining", "--order", "fifo", "--accounts", "20"];
    const process = spawn(program, options, { stdio: ["ignore", "pipe", "inherit"] });
    const address = await new Promise<string>((resolve, reject) => {
      process.on("error", reject);
      process.on("exit", () => reject(new Error("anvil ended")));
      createInterface(process.stdout).on("line", (line) => {
        const at = /^Listening on (\S+)/.exec(line)?.[1];
        if (at) resolve(at);
      });
    });
    return new Anvil(process, `http://${address}/`);
  }

  stop(): void {
    this.#process.kill();
  }

  async ask<T>(method: string, params: unknown[]): Promise<T> {
    const response = await fetch(this.address, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    });
    const { result, error } = (await response.json()) as { result: T; error?: unknown };
    if (error !== undefined) throw new Error(`${method}: ${JSON.stringify(error)}`);
    return result;
  }

  /** Mines the block, the latest. */
  async mine(): Promise<void> {
    for (let i = 0; i < 3; i++) await this.ask("evm_mine", []);
    const accounts = await this.ask<string[]>("eth_accounts", []);
    const deploy = { from: accounts[0], data: COUNTER, gas: "0x30000" };
    // Where it will be is learnt by doing it once and taking it back.
    const before = await this.ask("evm_snapshot", []);
    const sent = await this.ask<string>("eth_sendTransaction", [deploy]);
    await this.ask("evm_mine", []);
    const { contractAddress } = await this.ask<{ contractAddress: string }>(
      "eth_getTransactionReceipt",
      [sent],
    );
    await this.ask("evm_revert", [before]);

    const send = (tx: object) => this.ask("eth_sendTransaction", [tx]);
    await send(deploy);
    for (let i = 0; i < EACH; i++) {
      const from = accounts[i % accounts.length];
      await send({ from, to: contractAddress, gas: "0x20000" });
      const to = `0x${(0x8000 + (i >> 1)).toString(16).padStart(40, "0")}`;
      await send({ from, to, value: "0xde0b6b3a7640000", gas: "0x5208" });
    }
    await this.ask("evm_mine", []);
  }
}
