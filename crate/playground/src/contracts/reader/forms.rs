//! The JSON of compilers and their tools, as far as a contract is concerned; the rest is skipped.

use std::{fmt, marker::PhantomData, sync::Arc};

use alloy_json_abi::JsonAbi;
use alloy_primitives::Bytes;
use serde::{
    Deserialize, Deserializer,
    de::{self, IgnoredAny, MapAccess, Visitor},
};

use super::{
    Found, Problem, WHAT,
    code::{self, Code},
    stem,
};
use crate::{
    batch::json::Part,
    contracts::{Source, Sources, layout::Layout},
};

/// Libraries by the file they are in, then by their name.
type Links = Members<Members<IgnoredAny>>;

/// The members of a JSON object, in their order; in the browser, a map would be a lot of code.
struct Members<T>(Vec<(String, T)>);

impl<T> Default for Members<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Members<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor(PhantomData))
    }
}

struct MembersVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for MembersVisitor<T> {
    type Value = Members<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<T>, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Members(members))
    }
}

/// Any form, and any contract in the compiler's output: which members there are tells which.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "a compiled contract")]
struct Form {
    contract_name: Option<String>,
    abi: Option<JsonAbi>,
    bytecode: Option<Bytecode>,
    deployed_bytecode: Option<Bytecode>,
    /// In the compiler's output, what has the code.
    evm: Option<Evm>,
    storage_layout: Option<Layout>,
    link_references: Option<Links>,
    /// Of the deployed code, as this project writes it.
    source_map: Option<String>,
    /// What it was compiled from: by number in an artifact of this project, by name elsewhere.
    sources: Option<Members<SourceForm>>,
    /// The compiler's output: by file, then by name.
    contracts: Option<Members<Members<Form>>>,
    /// What the compiler was given and what it wrote, as Hardhat keeps them side by side.
    input: Option<Input>,
    output: Option<Box<Form>>,
}

/// A source. Its text is in the compiler's input, its number in the output.
#[derive(Deserialize)]
struct SourceForm {
    name: Option<String>,
    content: Option<String>,
    id: Option<u32>,
}

/// The compiler's input.
#[derive(Deserialize)]
struct Input {
    sources: Option<Members<SourceForm>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Evm {
    bytecode: Bytecode,
    deployed_bytecode: Option<Bytecode>,
}

/// Creation code: the text of Hardhat, or the object of the compiler and Foundry.
struct Bytecode {
    digits: String,
    links: Option<Links>,
    source_map: Option<String>,
}

impl<'de> Deserialize<'de> for Bytecode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(BytecodeVisitor)
    }
}

/// Takes either kind as it comes. A derived enum would first keep a copy of all of it.
struct BytecodeVisitor;

impl<'de> Visitor<'de> for BytecodeVisitor {
    type Value = Bytecode;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("code in hexadecimal, or an object that holds it")
    }

    fn visit_str<E: de::Error>(self, digits: &str) -> Result<Bytecode, E> {
        Ok(Bytecode {
            digits: digits.to_owned(),
            links: None,
            source_map: None,
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Bytecode, A::Error> {
        let (mut digits, mut links, mut source_map) = (None, None, None);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "object" => digits = Some(map.next_value()?),
                "linkReferences" => links = Some(map.next_value()?),
                "sourceMap" => source_map = Some(map.next_value()?),
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        let digits = digits.ok_or_else(|| de::Error::missing_field("object"))?;
        Ok(Bytecode {
            digits,
            links,
            source_map,
        })
    }
}

/// The contracts of a JSON object; `file` gives a name to one that says none.
pub(super) fn object(file: &str, text: &str) -> Result<Vec<Found>, Problem> {
    let mut form: Form = Part::whole(text).read(WHAT)?;
    let input = form.input.take().and_then(|input| input.sources);
    if let Some(output) = form.output.take() {
        form = *output;
    }
    let sources = form.sources.take().unwrap_or_default();
    let Some(files) = form.contracts.take() else {
        return Ok(vec![found(form, stem(file), file, &numbered(sources))?]);
    };
    let sources = matched(input.unwrap_or_default(), sources);
    let mut contracts = Vec::new();
    for (source, forms) in files.0 {
        for (name, form) in forms.0 {
            contracts.push(found(form, &name, &source, &sources)?);
        }
    }
    Ok(contracts)
}

/// The contract that a form holds, of this name if it does not say another.
fn found(form: Form, name: &str, file: &str, sources: &Sources) -> Result<Found, Problem> {
    let (of_evm, deployed_of_evm) = match form.evm {
        Some(evm) => (Some(evm.bytecode), evm.deployed_bytecode),
        None => (None, None),
    };
    let bytecode = form.bytecode.or(of_evm);
    let deployed = form.deployed_bytecode.or(deployed_of_evm);
    let (Some(abi), Some(bytecode)) = (form.abi, bytecode) else {
        return Err(Problem::error(format!(
            "not {WHAT}: it has no members `abi` and `bytecode`"
        )));
    };
    let links = bytecode.links.or(form.link_references).unwrap_or_default();
    let libraries = links.0.into_iter().flat_map(|(_, libraries)| libraries.0);
    let libraries: Vec<_> = libraries.map(|(name, _)| name).collect();
    let code = |digits: &str| {
        code::parse(digits, &libraries)
            .map_err(|(_, why)| Problem::error(format!("its code: {why}")))
    };
    let (deployed, source_map) = match deployed {
        Some(it) => match code(&it.digits)? {
            Code::Bytes(bytes) => (bytes, it.source_map),
            Code::None | Code::Unlinked(_) => (Bytes::new(), it.source_map),
        },
        None => (Bytes::new(), None),
    };
    Ok(Found {
        name: form.contract_name.unwrap_or_else(|| name.to_owned()),
        file: file.to_owned(),
        abi,
        code: code(&bytecode.digits)?,
        deployed,
        layout: form.storage_layout.unwrap_or_default(),
        source_map: form.source_map.or(source_map).unwrap_or_default(),
        sources: sources.clone(),
    })
}

/// The sources of an artifact, whose keys are their numbers.
fn numbered(sources: Members<SourceForm>) -> Sources {
    let sources = sources.0.into_iter().filter_map(|(number, it)| {
        let (name, content) = (it.name?, it.content?);
        Some((number.parse().ok()?, Source { name, content }))
    });
    Arc::new(sources.collect())
}

/// The sources of the compiler's input, by the numbers that its output has for them.
fn matched(input: Members<SourceForm>, output: Members<SourceForm>) -> Sources {
    // Of two with one name, the first stands first, since this sort keeps their order.
    let mut output = output.0;
    output.sort_by(|(a, _), (b, _)| a.cmp(b));
    let number = |name: &str| {
        let at = output.partition_point(|(it, _)| it.as_str() < name);
        output.get(at).filter(|(it, _)| it == name)?.1.id
    };
    let sources = input.0.into_iter().filter_map(|(name, it)| {
        let content = it.content?;
        Some((number(&name)?, Source { name, content }))
    });
    Arc::new(sources.collect())
}

/// An interface alone.
pub(super) fn interface(text: &str) -> Result<JsonAbi, Problem> {
    Part::whole(text).value("a list of functions, events and errors")
}
