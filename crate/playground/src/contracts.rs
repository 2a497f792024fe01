//! Compiled contracts: what a script can deploy, how to call it, and what its storage and errors are called.
//!
//! It knows nothing of scripts and of execution.
//! The rule: whatever is unknown is answered with a sentence that names what is known and near.

pub mod assembler;
pub mod call;
pub mod layout;
pub mod near;
pub mod revert;
pub mod slots;

use std::{collections::BTreeMap, sync::Arc};

use alloy_json_abi::JsonAbi;
use alloy_primitives::{Address, Bytes};
use serde::Deserialize;

use self::{layout::Layout, near::did_you_mean};

/// Names people gave to addresses.
pub type Names = BTreeMap<Address, String>;

/// A compiled contract.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Artifact {
    /// Name of the contract; scripts deploy it by this name.
    #[serde(rename = "contractName")]
    pub name: String,
    /// File it was compiled from.
    pub source_name: String,
    /// Constructor, functions, events and errors.
    pub abi: JsonAbi,
    /// Creation code, without constructor arguments.
    pub bytecode: Bytes,
    /// Code after deployment; immutables are zero in it.
    pub deployed_bytecode: Bytes,
    /// Where the state variables are.
    #[serde(rename = "storageLayout")]
    pub layout: Layout,
    /// Who compiled it, and how.
    pub compiler: Compiler,
}

/// The compiler an artifact came from.
#[derive(Clone, Debug, Deserialize)]
pub struct Compiler {
    /// Full version.
    pub version: String,
}

/// Why an artifact cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("this is not a compiled contract of the form the project uses: {0}")]
pub struct ArtifactError(#[from] serde_json::Error);

impl Artifact {
    /// Reads the JSON that `npm run contracts` writes.
    pub fn parse(json: &str) -> Result<Self, ArtifactError> {
        Ok(serde_json::from_str(json)?)
    }
}

/// The contracts a script can use, by name. Cloning is cheap.
#[derive(Clone, Debug, Default)]
pub struct Contracts {
    artifacts: BTreeMap<String, Arc<Artifact>>,
}

impl Contracts {
    /// Adds a contract; one of the same name is replaced.
    pub fn insert(&mut self, artifact: Artifact) {
        self.artifacts
            .insert(artifact.name.clone(), Arc::new(artifact));
    }

    /// The contract of this name.
    pub fn get(&self, name: &str) -> Option<&Arc<Artifact>> {
        self.artifacts.get(name)
    }

    /// All contracts in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Artifact>> {
        self.artifacts.values()
    }

    /// The contract of this name, or a sentence that says which there are.
    pub fn find(&self, name: &str) -> Result<&Arc<Artifact>, String> {
        self.get(name).ok_or_else(|| {
            let hint = did_you_mean(name, self.artifacts.keys().map(String::as_str));
            if !hint.is_empty() {
                return format!("there is no contract `{}`{hint}", near::shown(name));
            }
            let known: Vec<_> = self
                .artifacts
                .keys()
                .take(20)
                .map(|name| format!("`{name}`"))
                .collect();
            let known = if known.is_empty() {
                "there are none".to_owned()
            } else {
                format!("there are {}", known.join(", "))
            };
            format!("there is no contract `{}`; {known}", near::shown(name))
        })
    }
}

impl FromIterator<Artifact> for Contracts {
    fn from_iter<I: IntoIterator<Item = Artifact>>(artifacts: I) -> Self {
        let mut contracts = Self::default();
        for artifact in artifacts {
            contracts.insert(artifact);
        }
        contracts
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::{fs, path::Path};

    use super::*;

    /// The contracts of the examples.
    pub(crate) fn example_contracts() -> Contracts {
        let folder =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/contracts/artifacts");
        fs::read_dir(folder)
            .unwrap()
            .map(|entry| {
                Artifact::parse(&fs::read_to_string(entry.unwrap().path()).unwrap()).unwrap()
            })
            .collect()
    }

    #[test]
    fn artifacts_of_the_examples_are_read() {
        let contracts = example_contracts();
        let token = contracts.get("Token").unwrap();
        assert_eq!(token.source_name, "Token.sol");
        assert!(token.bytecode.len() > 100 && token.deployed_bytecode.len() > 100);
        assert!(token.abi.function("transfer").is_some());
        assert!(token.compiler.version.starts_with("0.8."));
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
    fn what_is_not_an_artifact_is_refused() {
        for text in ["", "{}", "[1]", r#"{"contractName":"A"}"#] {
            let error = Artifact::parse(text).unwrap_err().to_string();
            assert!(
                error.starts_with("this is not a compiled contract"),
                "{error}"
            );
        }
    }
}
