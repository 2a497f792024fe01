"""What the executable specification of Ethereum makes of batches: t8n inputs in, one a line, and out
again with what they must come to in `expect`.

It uses the modules of the PyPI package `ethereum-execution` and none of this repository's.
The rule: transactions run one after another on the state as given; one that is invalid is noted in
`rejected` and changes nothing; nothing runs before or after them.

Transactions and authorizations without a signature are signed with the key of their sender or signer,
from the member `keys`; an authorization of somebody without a key gets a signature that nobody made.
"""

import json
import sys

import coincurve
from ethereum.crypto.hash import Hash32, keccak256
from ethereum.exceptions import EthereumException
from ethereum_rlp import rlp
from ethereum_spec_tools.evm_tools.loaders.fixture_loader import Load
from ethereum_spec_tools.evm_tools.loaders.transaction_loader import TransactionLoad, UnsupportedTxError
from ethereum_types.bytes import Bytes32
from ethereum_types.numeric import U64, U256, Uint

FORKS = {
    "London": "london",
    "Merge": "paris",
    "Shanghai": "shanghai",
    "Cancun": "cancun",
    "Prague": "prague",
    "Osaka": "osaka",
}
# For each type of transaction, what is signed.
SIGNED = {
    "LegacyTransaction": "signing_hash_155",
    "AccessListTransaction": "signing_hash_2930",
    "FeeMarketTransaction": "signing_hash_1559",
    "BlobTransaction": "signing_hash_4844",
    "SetCodeTransaction": "signing_hash_7702",
}


class Transaction(TransactionLoad):
    """A transaction in JSON, whose chain is the one it says."""

    def json_to_chain_id(self):
        return U64(int(self.raw["chainId"], 16))


def sign(key, message):
    """The signature of a hash: parity, r and s."""
    signature = coincurve.PrivateKey(bytes.fromhex(key[2:])).sign_recoverable(message, hasher=None)
    return signature[64], int.from_bytes(signature[:32]), int.from_bytes(signature[32:64])


def authorize(raw, keys):
    """Gives an authorization its signature."""
    if "r" in raw:
        return
    parity, r, s = 0, 0, 0
    if raw.get("signer") in keys:
        fields = [Uint(int(raw["chainId"], 16)), bytes.fromhex(raw["address"][2:]), Uint(int(raw["nonce"], 16))]
        parity, r, s = sign(keys[raw["signer"]], keccak256(b"\x05" + rlp.encode(fields)))
    raw.update(v=hex(parity), r=hex(r), s=hex(s))


def transaction(fork, raw, chain_id, keys):
    """A transaction as the fork has it."""
    raw = {"chainId": hex(chain_id), "r": "0x0", "s": "0x0", "v": "0x0", **raw}
    raw.update(gasLimit=raw["gas"], data=raw["input"], to=raw["to"] or "")
    for authorization in raw.get("authorizationList", []):
        authorize(authorization, keys)
    kinds = list(SIGNED)
    kind = kinds[int(raw["type"], 16)]
    if not hasattr(fork, kind):
        raise UnsupportedTxError(b"", f"the fork has no {kind}")
    if int(raw["r"], 16) == 0:
        key = keys[raw["sender"]]
        # Of a legacy transaction the chain is signed, but is no field.
        of = (U64(int(raw["chainId"], 16)),) if kind == kinds[0] else ()
        unsigned = Transaction(raw, fork).read()
        parity, r, s = sign(key, getattr(fork, SIGNED[kind])(unsigned, *of))
        v = parity + (35 + 2 * int(of[0]) if of else 0)
        raw.update(v=hex(v), r=hex(r), s=hex(s))
    return Transaction(raw, fork).read()


def environment(fork, batch, state):
    """The environment of the block."""
    env = batch["env"]
    number = int(env["currentNumber"], 16)
    hashes = {int(of, 16): it for of, it in env.get("blockHashes", {}).items()}
    # Those of the 256 blocks before, the last of which is the parent.
    first = max(0, number - 256)
    known = [Hash32(bytes.fromhex(hashes.get(of, "0x" + 64 * "0")[2:])) for of in range(first, number)]
    fields = dict(
        chain_id=U64(int(batch["chainId"], 16)),
        state=state,
        block_gas_limit=Uint(int(env["currentGasLimit"], 16)),
        block_hashes=known,
        coinbase=fork.hex_to_address(env["currentCoinbase"]),
        number=Uint(number),
        base_fee_per_gas=Uint(int(env["currentBaseFee"], 16)),
        time=U256(int(env["currentTimestamp"], 16)),
    )
    if fork.proof_of_stake:
        fields["prev_randao"] = Bytes32(int(env["currentRandom"], 16).to_bytes(32))
    else:
        fields["difficulty"] = Uint(int(env.get("currentDifficulty", "0x0"), 16))
    if fork.has_beacon_roots_address:
        fields["excess_blob_gas"] = U64(int(env["currentExcessBlobGas"], 16))
        fields["parent_beacon_block_root"] = Hash32(bytes(32))
    return fork.BlockEnvironment(**fields)


def hexadecimal(of):
    return "0x" + bytes(of).hex()


def receipt(fork, number, encoded, before):
    """A receipt in JSON, and the gas used up to it."""
    decoded = fork.decode_receipt(encoded)
    logs = [
        {
            "address": hexadecimal(log.address),
            "topics": [hexadecimal(topic) for topic in log.topics],
            "data": hexadecimal(log.data),
        }
        for log in decoded.logs
    ]
    total = int(decoded.cumulative_gas_used)
    return {
        "tx": hex(number),
        "status": bool(decoded.succeeded),
        "gasUsed": hex(total - before),
        "cumulativeGasUsed": hex(total),
        "logs": logs,
    }, total


def post(state):
    """The accounts of a state in JSON."""
    accounts = {}
    for address, account in state._main_trie._data.items():
        stored = state._storage_tries.get(address)
        stored = stored._data.items() if stored else ()
        accounts[hexadecimal(address)] = {
            "balance": hex(account.balance),
            "nonce": hex(account.nonce),
            "code": hexadecimal(account.code),
            "storage": {hexadecimal(slot): hex(value) for slot, value in stored},
        }
    return accounts


def expect(batch):
    """What the transactions of a batch come to."""
    loader = Load(FORKS[batch["fork"]])
    fork = loader.fork
    env = environment(fork, batch, loader.json_to_state(batch["alloc"]))
    output = fork.BlockOutput()
    receipts, rejected, total = [], {}, 0
    for number, raw in enumerate(batch["txs"]):
        place = Uint(len(receipts))
        try:
            tx = transaction(fork, raw, int(batch["chainId"], 16), batch.get("keys", {}))
            # Whatever makes it invalid is found before it changes anything.
            fork.process_transaction(env, output, tx, place)
        except (EthereumException, UnsupportedTxError) as reason:
            rejected[hex(number)] = repr(reason)
            continue
        encoded = fork.trie_get(output.receipts_trie, rlp.encode(place))
        made, total = receipt(fork, number, encoded, total)
        receipts.append(made)
    return {
        "gasUsed": hex(total),
        "receiptsRoot": hexadecimal(fork.root(output.receipts_trie)),
        "stateRoot": hexadecimal(fork.state_root(env.state)),
        "receipts": receipts,
        "rejected": rejected,
        "post": post(env.state),
    }


def main():
    for line in sys.stdin:
        batch = json.loads(line)
        batch["expect"] = expect(batch)
        print(json.dumps(batch), flush=True)


if __name__ == "__main__":
    main()
