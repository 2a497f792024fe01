/**
 * Executes a block with `@ethereumjs/vm`, which other playgrounds run, and says how long that took.
 *
 * Runs in a page. Signatures are recovered on neither side. A time counts only if gas and state root
 * are those of the oracle.
 */
import { createBlock } from "@ethereumjs/block";
import { Common, Hardfork, Mainnet } from "@ethereumjs/common";
import { Caches, MerkleStateManager } from "@ethereumjs/statemanager";
import { createFeeMarket1559Tx } from "@ethereumjs/tx";
import {
  bytesToHex,
  createAccount,
  createAddressFromString,
  hexToBytes,
  type PrefixedHexString,
} from "@ethereumjs/util";
import { createVM, runTx } from "@ethereumjs/vm";

type Hex = PrefixedHexString;

/** A block and what it comes to, as the native program describes it. */
export type Described = {
  beneficiary: Hex;
  baseFee: number;
  gasUsed: number;
  stateRoot: Hex;
  prestate: { address: Hex; balance: Hex; nonce: number; code: Hex | null; storage: [Hex, Hex][] }[];
  txs: {
    type: number;
    from: Hex;
    to: Hex | null;
    nonce: number;
    value: Hex;
    data: Hex;
    gasLimit: number;
    maxFee: string;
    priorityFee: string | null;
  }[];
};

export type Ethereumjs = (block: Described) => Promise<number>;

const common = new Common({ chain: Mainnet, hardfork: Hardfork.Osaka });

async function prepared(block: Described) {
  const caches = new Caches({ account: { size: 1e6 }, code: { size: 1e6 }, storage: { size: 1e6 } });
  const stateManager = new MerkleStateManager({ common, caches });
  for (const { address, balance, nonce, code, storage } of block.prestate) {
    const at = createAddressFromString(address);
    await stateManager.putAccount(at, createAccount({ balance: BigInt(balance), nonce: BigInt(nonce) }));
    if (code !== null) await stateManager.putCode(at, hexToBytes(code));
    for (const [slot, value] of storage) {
      await stateManager.putStorage(at, hexToBytes(slot), hexToBytes(value));
    }
  }
  await stateManager.flush();
  return { stateManager, vm: await createVM({ common, stateManager }) };
}

function transactions(block: Described) {
  return block.txs.map(({ type, from, to, nonce, value, data, gasLimit, maxFee, priorityFee }) => {
    // What scripts write.
    if (type !== 2) throw new Error(`a transaction of type ${type}`);
    const fees = { maxFeePerGas: BigInt(maxFee), maxPriorityFeePerGas: BigInt(priorityFee ?? 0) };
    const call = { to: to ?? undefined, nonce, value, data, gasLimit };
    const signature = { chainId: 1, v: 0, r: 1, s: 1 };
    const tx = createFeeMarket1559Tx({ ...call, ...fees, ...signature }, { common, freeze: false });
    // Who signed is given; recovering it is no part of execution.
    const sender = createAddressFromString(from);
    tx.getSenderAddress = () => sender;
    tx.isSigned = () => true;
    return tx;
  });
}

const run: Ethereumjs = async (described) => {
  const { vm, stateManager } = await prepared(described);
  const txs = transactions(described);
  const header = {
    number: 1,
    gasLimit: BigInt("0x7fffffffffffffff"),
    coinbase: described.beneficiary,
    baseFeePerGas: BigInt(described.baseFee),
  };
  const block = createBlock({ header }, { common });
  let gas = 0n;
  const start = performance.now();
  for (const tx of txs) {
    const result = await runTx(vm, { tx, block, skipHardForkValidation: true });
    gas += result.totalGasSpent;
  }
  const microseconds = (performance.now() - start) * 1_000;
  if (gas !== BigInt(described.gasUsed)) throw new Error(`gas ${gas}, not ${described.gasUsed}`);
  await stateManager.flush();
  const root = bytesToHex(await stateManager.getStateRoot());
  if (root !== described.stateRoot) throw new Error(`root ${root}, not ${described.stateRoot}`);
  return microseconds;
};

window.ethereumjs = run;
