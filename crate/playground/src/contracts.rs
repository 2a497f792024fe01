//! Compiled contracts: what a script can deploy, how to call it, and what its storage and errors are called.
//!
//! It knows nothing of scripts and of execution.
//! The rule: whatever is unknown is answered with a sentence that names what is known and near.

pub mod assembler;
pub mod call;
pub mod layout;
pub mod near;
pub mod reader;
pub mod revert;
pub mod slots;
mod sound;
pub mod source_map;

use std::{collections::BTreeMap, sync::Arc};

use alloy_json_abi::{Function, JsonAbi};
use alloy_primitives::{Address, Bytes};
use revm::primitives::hardfork::SpecId;

use self::{layout::Layout, near::did_you_mean};
use crate::report::{ContractEntry, FunctionEntry};

/// Names people gave to addresses.
pub type Names = BTreeMap<Address, String>;

/// A compiled contract.
#[derive(Clone, Debug)]
pub struct Artifact {
    /// Name of the contract; scripts deploy it by this name.
    pub name: String,
    /// File it is in.
    pub file: String,
    /// Constructor, functions, events and errors.
    pub abi: JsonAbi,
    /// Creation code, without constructor arguments.
    pub bytecode: Bytes,
    /// Code after deployment; immutables are zero in it. Nothing where the file does not have it.
    pub deployed_bytecode: Bytes,
    /// Where the state variables are; nothing where the compiler did not say.
    pub layout: Layout,
    /// Which source each instruction of the deployed code comes from, as the compiler writes it;
    /// empty where it did not say.
    pub source_map: String,
    /// What it was compiled from.
    pub sources: Sources,
}

/// Sources by the number that a source map has for each; contracts compiled together share them.
pub type Sources = Arc<BTreeMap<u32, Source>>;

/// A file that a contract was compiled from.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its name.
    pub name: String,
    /// Its text.
    pub content: String,
}

impl Artifact {
    /// The contract as a person picks it.
    fn entry(&self) -> ContractEntry {
        let constructor = self.abi.constructor.as_ref();
        let inputs = constructor.map_or(&[][..], |it| &it.inputs);
        ContractEntry {
            name: self.name.clone(),
            file: self.file.clone(),
            constructor: call::spelled(&self.name, inputs),
            functions: self.abi.functions().map(function_entry).collect(),
        }
    }
}

fn function_entry(function: &Function) -> FunctionEntry {
    let gives = match function.outputs.as_slice() {
        [] => String::new(),
        outputs => format!(" → {}", call::spelled("", outputs)),
    };
    FunctionEntry {
        signature: function.signature(),
        detail: format!("{}{gives}", call::spelled(&function.name, &function.inputs)),
    }
}

/// The compiler's name of the EVM version whose rules hold in a hard fork.
pub fn evm_version(spec: SpecId) -> &'static str {
    const VERSIONS: &[(SpecId, &str)] = &[
        (SpecId::OSAKA, "osaka"),
        (SpecId::PRAGUE, "prague"),
        (SpecId::CANCUN, "cancun"),
        (SpecId::SHANGHAI, "shanghai"),
        (SpecId::MERGE, "paris"),
        (SpecId::LONDON, "london"),
        (SpecId::BERLIN, "berlin"),
        (SpecId::ISTANBUL, "istanbul"),
        (SpecId::PETERSBURG, "petersburg"),
        (SpecId::BYZANTIUM, "byzantium"),
        (SpecId::SPURIOUS_DRAGON, "spuriousDragon"),
        (SpecId::TANGERINE, "tangerineWhistle"),
    ];
    let version = VERSIONS.iter().find(|(since, _)| spec >= *since);
    version.map_or("homestead", |(_, version)| version)
}

/// The contracts a script can use, by name. Cloning is cheap.
#[derive(Clone, Debug, Default)]
pub struct Contracts {
    known: BTreeMap<String, Known>,
}

/// What is known under a name.
#[derive(Clone, Debug)]
enum Known {
    Contract(Arc<Artifact>),
    /// It cannot be deployed, and why.
    Refused(String),
}

impl Contracts {
    /// Adds a contract; one of the same name is replaced.
    pub fn insert(&mut self, artifact: Artifact) {
        let name = artifact.name.clone();
        self.known.insert(name, Known::Contract(Arc::new(artifact)));
    }

    /// Notes why a contract cannot be deployed; one of the same name goes.
    pub fn refuse(&mut self, name: String, why: String) {
        self.known.insert(name, Known::Refused(why));
    }

    /// Adds all that `others` knows, which goes before what is known already.
    pub fn extend(&mut self, others: &Self) {
        for (name, known) in &others.known {
            self.known.insert(name.clone(), known.clone());
        }
    }

    /// The contract of this name.
    pub fn get(&self, name: &str) -> Option<&Arc<Artifact>> {
        match self.known.get(name)? {
            Known::Contract(artifact) => Some(artifact),
            Known::Refused(_) => None,
        }
    }

    /// All contracts in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Artifact>> {
        self.known.values().filter_map(|known| match known {
            Known::Contract(artifact) => Some(artifact),
            Known::Refused(_) => None,
        })
    }

    /// All contracts as a person picks them.
    pub fn entries(&self) -> Vec<ContractEntry> {
        self.iter().map(|artifact| artifact.entry()).collect()
    }

    /// The contract of this name, or a sentence that says which there are.
    pub fn find(&self, name: &str) -> Result<&Arc<Artifact>, String> {
        match self.known.get(name) {
            Some(Known::Contract(artifact)) => return Ok(artifact),
            Some(Known::Refused(why)) => {
                return Err(format!("`{}` cannot be deployed: {why}", near::shown(name)));
            }
            None => {}
        }
        let names = || self.iter().map(|artifact| artifact.name.as_str());
        let hint = did_you_mean(name, names());
        let known: Vec<_> = names().take(20).map(|name| format!("`{name}`")).collect();
        let known = match (hint.is_empty(), known.is_empty()) {
            (false, _) => hint,
            (true, true) => "; there are none".to_owned(),
            (true, false) => format!("; there are {}", known.join(", ")),
        };
        Err(format!(
            "there is no contract `{}`{known}",
            near::shown(name)
        ))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::{fs, path::Path};

    use super::*;
    use crate::report::ContractFile;

    /// The contracts of the examples.
    pub(crate) fn example_contracts() -> Contracts {
        let folder =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/contracts/artifacts");
        let files: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| {
                let path = entry.unwrap().path();
                ContractFile {
                    name: path.display().to_string(),
                    text: fs::read_to_string(path).unwrap(),
                }
            })
            .collect();
        let (contracts, problems) = reader::read(&files);
        assert_eq!(problems, []);
        contracts
    }

    #[test]
    fn artifacts_of_the_examples_are_read() {
        let contracts = example_contracts();
        let token = contracts.get("Token").unwrap();
        assert!(token.file.ends_with("Token.json"));
        assert!(token.bytecode.len() > 100 && !token.layout.storage.is_empty());
        assert!(token.abi.function("transfer").is_some());
    }

    #[test]
    fn an_unknown_contract_is_answered_with_near_or_all_names() {
        let contracts = example_contracts();
        assert_eq!(
            contracts.find("Tokn").unwrap_err(),
            "there is no contract `Tokn`; did you mean `Token`?"
        );
        let all = contracts.find("Elephant").unwrap_err();
        assert!(
            all.starts_with("there is no contract `Elephant`; there are `Airdrop`, `"),
            "{all}"
        );
        assert_eq!(
            Contracts::default().find("Token").unwrap_err(),
            "there is no contract `Token`; there are none"
        );
    }

    #[test]
    fn the_compiler_follows_the_hard_fork() {
        let versions = [
            (SpecId::FRONTIER, "homestead"),
            (SpecId::LONDON, "london"),
            (SpecId::MERGE, "paris"),
            (SpecId::default(), "osaka"),
        ];
        for (spec, version) in versions {
            assert_eq!(evm_version(spec), version);
        }
    }
}
