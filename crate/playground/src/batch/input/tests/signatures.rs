//! Who signed a transaction or an authorization is who sends it, or it is refused.

use super::*;

/// The example of EIP-155: key, signature and sender.
const KEY: &str = "0x4646464646464646464646464646464646464646464646464646464646464646";
const R: &str = "0x28ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276";
const S: &str = "0x67cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83";
const SIGNER: &str = "0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F";

/// Its transaction with these members more.
fn signed(members: Value) -> Value {
    let mut file = t8n();
    file["txs"][0] = json!({
        "to": format!("0x{}", "35".repeat(20)), "nonce": "0x9", "gas": "0x5208",
        "gasPrice": "0x4a817c800", "value": "0xde0b6b3a7640000", "input": "0x"
    });
    let tx = file["txs"][0].as_object_mut().expect("an object");
    tx.extend(members.as_object().expect("an object").clone());
    file
}

#[test]
fn the_sender_is_who_signed_or_holds_the_key() {
    let zero = "0x0";
    for members in [
        json!({ "v": "0x25", "r": R, "s": S }),
        json!({ "v": "0x25", "r": R, "s": S, "sender": SIGNER, "chainId": "0x1" }),
        json!({ "v": zero, "r": zero, "s": zero, "secretKey": KEY }),
        json!({ "v": "0x25", "r": R, "s": S, "sender": SIGNER, "secretKey": KEY }),
    ] {
        let batch = batches(&signed(members).to_string()).remove(0);
        let caller = batch.transactions[0].env.caller;
        assert_eq!(caller.to_string(), SIGNER);
    }
}

#[test]
fn a_sender_who_did_not_sign_is_refused() {
    let zero = "0x0";
    for (members, message) in [
        (
            json!({ "v": "0x25", "r": R, "s": S, "sender": SENDER }),
            "txs[0]: its signature is that of 0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F, \
             but the sender is 0x00000000000000000000000000000000000A11cE",
        ),
        (
            json!({ "secretKey": KEY, "sender": SENDER }),
            "txs[0]: its `secretKey` is that of 0x9d8A",
        ),
        // What was signed is another transaction.
        (
            json!({ "v": "0x25", "r": R, "s": S, "sender": SIGNER, "nonce": "0xa" }),
            "but the sender is 0x9d8A",
        ),
        (
            json!({ "v": "0x25", "r": R, "s": S, "chainId": "0x5" }),
            "its signature (`v` is 37) is for chain 1, but `chainId` is 5",
        ),
        (
            json!({ "v": "0x2", "r": R, "s": S }),
            "`v` of a legacy transaction is 27, 28, or 35 and more; found 2",
        ),
        (
            json!({ "v": "0x1b", "r": format!("0x{}", "f".repeat(64)), "s": S }),
            "its signature is nobody's",
        ),
        (
            json!({ "secretKey": format!("0x{}", "0".repeat(64)) }),
            "no key of secp256k1",
        ),
        (
            json!({ "v": zero, "r": zero, "s": zero }),
            "txs[0]: missing field `sender`, and there is neither",
        ),
    ] {
        let found = first_error(&signed(members));
        assert!(found.contains(message), "{found}");
    }
}

#[test]
fn a_signer_of_an_authorization_who_did_not_sign_is_refused() {
    let mut file = t8n();
    let tx = file["txs"][0].as_object_mut().expect("an object");
    tx.remove("gasPrice");
    tx.extend(
        json!({
            "type": "0x4", "maxFeePerGas": "0x0", "maxPriorityFeePerGas": "0x0",
            "authorizationList": [{
                "chainId": "0x1", "address": SENDER, "nonce": "0x0", "v": "0x0",
                "r": R, "s": "0x1", "signer": SENDER
            }]
        })
        .as_object()
        .expect("an object")
        .clone(),
    );
    let message = first_error(&file);
    assert!(
        message.contains("authorizationList[0]: its signature is that of 0x"),
        "{message}"
    );
}
