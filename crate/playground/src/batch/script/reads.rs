//! How much a script reads of its lists.
//!
//! Whoever reads a variable as a whole copies what it holds, and the language counts that as one
//! operation. So the elements are counted here. The rule: what cannot be told from a copy counts as one,
//! such as `list[0]`; the limit is far above what that comes to in a script that does something with
//! each of its elements.

use std::{cell::Cell, rc::Rc};

use rhai::{Dynamic, Engine, EvalAltResult, Position};

use crate::limits;

/// The elements of a longer list are not gone through: it counts as the largest that there can be, with all
/// that lists in it hold.
const MANY: usize = 2_000;

/// Ends scripts that read more than `most` elements, which are counted in `read`.
pub(super) fn limit(engine: &mut Engine, read: Rc<Cell<u64>>, most: u64) {
    // The note says that the interface may change, not that it will go.
    #[expect(deprecated)]
    engine.on_var(move |name, _, context| {
        let value = context.scope().get(name);
        read.set(read.get() + value.map_or(0, elements));
        match read.get() > most {
            true => Err(EvalAltResult::ErrorTerminated(
                "the script copies long lists too often; `list[i]` and `list.len()` copy nothing"
                    .into(),
                Position::NONE,
            )
            .into()),
            false => Ok(None),
        }
    });
}

/// How many there are in it, and in these.
fn elements(value: &Dynamic) -> u64 {
    if let Ok(list) = value.as_array_ref() {
        return match list.len() > MANY {
            true => limits::LIST_ITEMS as u64,
            false => list.len() as u64 + list.iter().map(elements).sum::<u64>(),
        };
    }
    match value.as_map_ref() {
        Ok(map) => map.len() as u64 + map.values().map(elements).sum::<u64>(),
        Err(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use rhai::packages::{BasicArrayPackage, BasicIteratorPackage, Package};

    use super::*;

    fn run(script: &str) -> Result<(), Box<EvalAltResult>> {
        let mut engine = Engine::new_raw();
        BasicArrayPackage::new().register_into_engine(&mut engine);
        BasicIteratorPackage::new().register_into_engine(&mut engine);
        limit(&mut engine, Rc::default(), 1_000_000);
        engine.run(script)
    }

    #[test]
    fn copies_of_a_long_list_end_at_their_place() {
        let script = "let b = []; b.pad(29_000, 1);\nloop {\n  let x = b;\n}";
        let error = run(script).expect_err("it ends");
        assert!(matches!(&*error, EvalAltResult::ErrorTerminated(..)));
        assert_eq!(
            (error.position().line(), error.position().position()),
            (Some(3), Some(11))
        );
        // What is in it counts too, also in a long one.
        let script =
            "let a = []; a.pad(13, 1); let b = []; b.pad(2_001, a);\nfor i in 0..34 { let x = b; }";
        let error = run(script).expect_err("it ends");
        assert!(matches!(&*error, EvalAltResult::ErrorTerminated(..)));
        let script = "let a = []; a.pad(1_500, 1); let b = [a, a];\nfor i in 0..400 { let x = b; }";
        let error = run(script).expect_err("it ends");
        assert!(
            matches!(&*error, EvalAltResult::ErrorTerminated(..)),
            "{error}"
        );
    }

    #[test]
    fn short_lists_and_numbers_cost_nothing_to_speak_of() {
        let script =
            "let b = [1, 2, 3]; let n = 0; for i in 0..9_000 { n += b[i % 3]; let c = b; }";
        run(script).expect("it is little");
    }
}
