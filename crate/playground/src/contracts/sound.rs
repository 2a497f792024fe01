//! What a contract's interface and storage layout may be made of.
//!
//! Files that people give may hold anything; what passes here can be shown, and encoded, decoded and
//! searched for names soon. The rule: size is counted before anything of that size is made.

use alloy_dyn_abi::Specifier;
use alloy_json_abi::{JsonAbi, Param};

use super::{
    layout::{Encoding, Layout, Type, Variable},
    near::{check_name, shown},
};
use crate::limits;

/// Refuses an interface that is too large, or has types no value can have.
pub(super) fn abi(abi: &JsonAbi) -> Result<(), String> {
    let mut parts = limits::ABI_ITEMS;
    let constructor = abi.constructor.iter().map(|it| ("constructor", &it.inputs));
    let functions = abi.functions().map(|it| (it.name.as_str(), &it.inputs));
    let outputs = abi.functions().map(|it| (it.name.as_str(), &it.outputs));
    let errors = abi.errors().map(|it| (it.name.as_str(), &it.inputs));
    for (name, params) in constructor.chain(functions).chain(outputs).chain(errors) {
        check_name(name)?;
        let wrong = |why| format!("`{}`: {why}", shown(name));
        parts = parts.checked_sub(1).ok_or_else(too_many_items)?;
        for param in params {
            words(param, limits::TYPE_DEPTH, &mut parts).map_err(wrong)?;
            param.resolve().map_err(|_| wrong(unreadable(&param.ty)))?;
        }
    }
    for event in abi.events() {
        check_name(&event.name)?;
        parts = parts
            .checked_sub(1 + event.inputs.len())
            .ok_or_else(too_many_items)?;
        for input in &event.inputs {
            let input = Param {
                ty: input.ty.clone(),
                name: input.name.clone(),
                components: input.components.clone(),
                internal_type: None,
            };
            words(&input, limits::TYPE_DEPTH, &mut parts)
                .and_then(|_| {
                    let resolved = input.resolve();
                    resolved.map_err(|_| unreadable(&input.ty))
                })
                .map_err(|why| format!("`{}`: {why}", shown(&event.name)))?;
        }
    }
    Ok(())
}

fn too_many_items() -> String {
    format!(
        "an interface has at most {} functions, events, errors and parameters",
        limits::ABI_ITEMS
    )
}

fn unreadable(kind: &str) -> String {
    format!("`{}` is no type of Solidity", shown(kind))
}

/// The words that a value takes in place.
fn words(param: &Param, depth: usize, parts: &mut usize) -> Result<u64, String> {
    let depth = depth.checked_sub(1).ok_or_else(too_deep)?;
    *parts = parts.checked_sub(1).ok_or_else(too_many_items)?;
    if param.name.chars().count() > limits::NAME_CHARS {
        return Err("the name of a parameter is too long".to_owned());
    }
    let (base, brackets) = param
        .ty
        .split_at(param.ty.find('[').unwrap_or(param.ty.len()));
    if base.contains('(') || base.len() > limits::NAME_CHARS {
        return Err(unreadable(&param.ty));
    }
    let mut total: u64 = match base {
        "tuple" => {
            let members = param.components.iter();
            let words: Vec<_> = members
                .map(|member| words(member, depth, parts))
                .collect::<Result<_, _>>()?;
            words.into_iter().fold(0, u64::saturating_add)
        }
        _ => 1,
    };
    // Nothing of Solidity has no size, and a list of such things could have any length.
    if total == 0 {
        return Err("a tuple without members".to_owned());
    }
    let mut left = depth;
    for dimension in brackets.split_terminator(']') {
        left = left.checked_sub(1).ok_or_else(too_deep)?;
        let length = dimension.strip_prefix('[').unwrap_or(dimension);
        total = match length {
            "" => 1,
            _ => total.saturating_mul(length.parse().map_err(|_| unreadable(&param.ty))?),
        };
        if total == 0 {
            return Err(format!("`{}` has no size", shown(&param.ty)));
        }
    }
    match total <= limits::ABI_WORDS {
        true => Ok(total),
        false => Err(format!(
            "a value of fixed size has at most {} words",
            limits::ABI_WORDS
        )),
    }
}

/// Refuses a layout that is too large, holds itself, or has names that cannot be shown.
pub(super) fn layout(layout: &Layout) -> Result<(), String> {
    let names: Vec<_> = layout.types.keys().map(String::as_str).collect();
    let mut weigher = Weigher {
        layout,
        sizes: vec![Counted::Not; names.len()],
        names,
    };
    weigher.members(&layout.storage, limits::TYPE_DEPTH)?;
    // Keys, values and items of arrays that nothing holds in place are reached through hashes.
    for (name, kind) in &layout.types {
        if kind.label.chars().count() > limits::NAME_CHARS {
            return Err("the name of a type is too long".to_owned());
        }
        weigher.kind(name, limits::TYPE_DEPTH)?;
    }
    Ok(())
}

/// Counts what types are made of in place; each type once.
struct Weigher<'a> {
    layout: &'a Layout,
    /// The names of the types, in order.
    names: Vec<&'a str>,
    /// By the place of the type's name.
    sizes: Vec<Counted>,
}

/// How far a type is counted.
#[derive(Clone, Copy)]
enum Counted {
    Not,
    Begun,
    Done(Size),
}

/// What something is made of in place.
#[derive(Clone, Copy, Default)]
struct Size {
    parts: u64,
    /// Types in each other.
    height: usize,
}

impl<'a> Weigher<'a> {
    fn members(&mut self, members: &'a [Variable], depth: usize) -> Result<Size, String> {
        let mut sum = Size::default();
        for member in members {
            check_name(&member.label)?;
            let size = self.kind(&member.kind, depth)?;
            sum.parts = sum.parts.saturating_add(size.parts).saturating_add(1);
            sum.height = sum.height.max(size.height);
        }
        within(sum)
    }

    fn kind(&mut self, name: &'a str, depth: usize) -> Result<Size, String> {
        let (Ok(at), Some(kind)) = (self.names.binary_search(&name), self.layout.types.get(name))
        else {
            return Ok(Size::default());
        };
        match self.sizes[at] {
            Counted::Not => self.sizes[at] = Counted::Begun,
            Counted::Begun => return Err(format!("`{}` holds itself", shown(&kind.label))),
            Counted::Done(size) => return Ok(size),
        }
        let size = self.of(kind, depth.checked_sub(1).ok_or_else(too_deep)?)?;
        self.sizes[at] = Counted::Done(size);
        Ok(size)
    }

    fn of(&mut self, kind: &'a Type, depth: usize) -> Result<Size, String> {
        let mut size = Size::default();
        if kind.encoding == Encoding::Inplace {
            let members = self.members(&kind.members, depth)?;
            let item = match &kind.base {
                Some(base) => self.kind(base, depth)?,
                None => Size::default(),
            };
            size.parts = members.parts.saturating_add(item.parts);
            size.height = members.height.max(item.height);
        }
        within(Size {
            parts: size.parts.saturating_add(1),
            height: size.height + 1,
        })
    }
}

fn too_deep() -> String {
    "types are too deep in each other".to_owned()
}

fn within(size: Size) -> Result<Size, String> {
    if size.height > limits::TYPE_DEPTH {
        return Err(too_deep());
    }
    match size.parts <= limits::LAYOUT_PARTS {
        true => Ok(size),
        false => Err(format!(
            "a contract has at most {} variables and members",
            limits::LAYOUT_PARTS
        )),
    }
}
