/** `@ethereumjs/vm`, another implementation, executes a block that was exported as the input of a state transition tool. */
import { createBlock } from "@ethereumjs/block";
import { Common, Mainnet } from "@ethereumjs/common";
import { MerklePatriciaTrie } from "@ethereumjs/mpt";
import { RLP } from "@ethereumjs/rlp";
import { MerkleStateManager } from "@ethereumjs/statemanager";
import { createTx } from "@ethereumjs/tx";
import {
  bytesToHex,
  createAccount,
  createAddressFromString,
  eoaCode7702AuthorizationListBytesItemToJSON,
  eoaCode7702SignAuthorization,
  hexToBytes,
  type PrefixedHexString,
  privateToAddress,
  setLengthLeft,
} from "@ethereumjs/util";
import { createVM, encodeReceipt, runTx } from "@ethereumjs/vm";

type Hex = PrefixedHexString;

type Account = { balance: Hex; nonce: Hex; code?: Hex; storage: Record<Hex, Hex> };

/** Accounts whose keys are known, so that what they authorize can be signed. */
const KEYS = new Map<Hex, Uint8Array>(
  [1, 2].map((number) => {
    const key = new Uint8Array(32).fill(number);
    return [bytesToHex(privateToAddress(key)), key];
  }),
);

export const SIGNERS = [...KEYS.keys()];

type Authorization = { chainId: Hex; address: Hex; nonce: Hex; signer: Hex };

/** As far as scripts write them. */
type Tx = {
  type: Hex;
  sender: Hex;
  to: Hex | null;
  nonce: Hex;
  gas: Hex;
  value: Hex;
  input: Hex;
  chainId: Hex;
  gasPrice?: Hex;
  maxFeePerGas?: Hex;
  maxPriorityFeePerGas?: Hex;
  accessList?: { address: Hex; storageKeys: Hex[] }[];
  authorizationList?: Authorization[];
};

export type T8n = {
  fork: string;
  alloc: Record<Hex, Account>;
  env: Record<"currentCoinbase" | "currentGasLimit" | "currentNumber" | "currentTimestamp", Hex> &
    Record<"currentBaseFee" | "currentRandom" | "currentExcessBlobGas", Hex>;
  txs: Tx[];
};

/** What a block comes to. */
export type Outcome = { receiptsRoot: Hex; stateRoot: Hex; gasUsed: Hex; rejected: number[] };

export async function execute({ fork, alloc, env, txs }: T8n): Promise<Outcome> {
  const common = new Common({ chain: Mainnet, hardfork: fork.toLowerCase() });
  const stateManager = new MerkleStateManager({ common });
  for (const [address, { balance, nonce, code, storage }] of Object.entries(alloc)) {
    const at = createAddressFromString(address);
    await stateManager.putAccount(at, createAccount({ balance: BigInt(balance), nonce: BigInt(nonce) }));
    if (code !== undefined) await stateManager.putCode(at, hexToBytes(code));
    for (const [slot, value] of Object.entries(storage)) {
      await stateManager.putStorage(at, word(slot as Hex), hexToBytes(value));
    }
  }
  await stateManager.flush();
  const vm = await createVM({ common, stateManager });
  const header = {
    number: env.currentNumber,
    timestamp: env.currentTimestamp,
    gasLimit: env.currentGasLimit,
    coinbase: env.currentCoinbase,
    baseFeePerGas: env.currentBaseFee,
    mixHash: word(env.currentRandom),
    excessBlobGas: env.currentExcessBlobGas,
  };
  const block = createBlock({ header }, { common });
  const receipts = new MerklePatriciaTrie({ common });
  const rejected: number[] = [];
  let gasUsed = 0n;
  let executed = 0;
  for (const [index, described] of txs.entries()) {
    const tx = transaction(described, common);
    try {
      const result = await runTx(vm, { tx, block, blockGasUsed: gasUsed, skipHardForkValidation: true });
      gasUsed += result.totalGasSpent;
      await receipts.put(RLP.encode(executed++), encodeReceipt(result.receipt, tx.type));
    } catch (error) {
      // It executes nothing of a transaction that is invalid.
      if (!(error instanceof Error) || !/balance|nonce|gas/.test(error.message)) throw error;
      rejected.push(index);
    }
  }
  await stateManager.flush();
  return {
    receiptsRoot: bytesToHex(receipts.root()),
    stateRoot: bytesToHex(await stateManager.getStateRoot()),
    gasUsed: `0x${gasUsed.toString(16)}`,
    rejected,
  };
}

function transaction({ type, sender, to, gas, input, authorizationList, ...rest }: Tx, common: Common) {
  // The signature of a legacy transaction says of which chain it is (EIP-155).
  const signature = { v: Number(type) === 0 ? 2 * Number(rest.chainId) + 35 : 0, r: 1, s: 1 };
  const data = {
    ...rest,
    ...signature,
    type,
    to: to ?? undefined,
    gasLimit: gas,
    data: input,
    ...(authorizationList && { authorizationList: authorizationList.map(signed) }),
  };
  const tx = createTx(data, { common, freeze: false });
  // Who signed is written; the signature is not.
  const from = createAddressFromString(sender);
  tx.getSenderAddress = () => from;
  tx.isSigned = () => true;
  return tx;
}

/** An authorization as who gives it would sign it. */
function signed({ signer, ...unsigned }: Authorization) {
  const key = KEYS.get(signer);
  if (key === undefined) throw new Error(`the key of ${signer} is not known`);
  return eoaCode7702AuthorizationListBytesItemToJSON(eoaCode7702SignAuthorization(unsigned, key));
}

/** 32 bytes. */
function word(hex: Hex): Uint8Array {
  const digits = hex.slice(2);
  return setLengthLeft(hexToBytes(`0x${digits.padStart(digits.length + (digits.length % 2), "0")}`), 32);
}
