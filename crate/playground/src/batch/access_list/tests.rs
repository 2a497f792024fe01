use super::*;

/// Account 0x01 pays at index 1 and stores at 1 and 2; account 0x02 is looked at.
const LIST: &str = r#"[
  {"address": "0x0000000000000000000000000000000000000001",
   "storageChanges": [{"key": "0x5", "changes": [{"index": "0x1", "value": "0x7"}, {"index": "0x2", "value": "0x0"}]}],
   "storageReads": ["0x6"],
   "balanceChanges": [{"index": "0x1", "value": "0x64"}],
   "nonceChanges": [{"index": "0x1", "value": "0x1"}],
   "codeChanges": [{"index": "0x2", "code": "0x6000"}]},
  {"address": "0x0000000000000000000000000000000000000002",
   "storageChanges": [], "storageReads": [], "balanceChanges": [], "nonceChanges": [], "codeChanges": []}
]"#;

fn refused(text: &str) -> (String, Option<(u32, u32)>) {
    let problem = read(text, 2).expect_err("it is wrong");
    let place = problem.place.map(|place| (place.line, place.column));
    (problem.message, place)
}

#[test]
fn what_is_written_is_what_was_read() {
    let list = read(LIST, 2).expect("a list");
    assert_eq!(list.changes.len(), 5);
    assert_eq!(list.accesses.len(), 3);
    let written = write(list.clone(), &Block::default()).expect("nothing is created");
    assert_eq!(read(&written, 2), Ok(list));
    let values: [serde_json::Value; 2] =
        [LIST, &written].map(|text| serde_json::from_str(text).expect("JSON"));
    assert_eq!(values[0], values[1]);
}

#[test]
fn the_names_of_test_fixtures_are_understood() {
    let other = LIST
        .replace("\"key\"", "\"slot\"")
        .replace("\"changes\"", "\"slotChanges\"")
        .replace("\"index\"", "\"blockAccessIndex\"");
    assert_eq!(read(&other, 2), read(LIST, 2));
}

#[test]
fn what_is_no_list_is_refused_at_its_place() {
    let (message, place) = refused("{}");
    assert!(
        message.starts_with("not a block access list (EIP-7928): "),
        "{message}"
    );
    assert_eq!(place, Some((1, 1)));

    let (message, place) = refused(&LIST[..LIST.len() - 9]);
    assert!(message.starts_with("not a block access list"), "{message}");
    assert!(place.is_some_and(|(line, _)| line == 9), "{place:?}");

    let (message, place) = refused(&LIST.replace("\"0x64\"", "\"much\""));
    assert!(message.contains("balanceChanges[0].value"), "{message}");
    assert_eq!(place.map(|(line, _)| line), Some(5));

    let (message, place) = refused(&LIST.replace("\"storageReads\": [\"0x6\"],\n", ""));
    assert!(
        message.contains("missing field `storageReads`"),
        "{message}"
    );
    assert!(place.is_some());
}

#[test]
fn a_list_out_of_order_or_beyond_the_block_is_refused_at_the_account() {
    let at = Some((8, 3));
    let swapped = LIST.replace("0000000002\"", "0000000000\"");
    let (message, place) = refused(&swapped);
    assert!(message.contains("canonical order"), "{message}");
    assert_eq!(place, at);

    let twice = LIST.replace("0000000002\"", "0000000001\"");
    let (message, place) = refused(&twice);
    assert!(message.contains("occurs more than once"), "{message}");
    assert_eq!(place, at);

    // One transaction: the last index is 2, of the steps after it.
    assert!(read(LIST, 1).is_ok());
    let problem = read(LIST, 0).expect_err("index 2 is beyond the block");
    assert!(
        problem.message.contains("exceeds the block maximum 1"),
        "{problem:?}"
    );
    assert_eq!(problem.place.map(|place| place.line), Some(2));
}

#[test]
fn code_that_no_account_can_have_is_refused() {
    let (message, place) = refused(&LIST.replace("0x6000", "0xef0100"));
    assert!(message.contains("code that account"), "{message}");
    assert_eq!(place, Some((2, 3)));
}
