//! A run, or its block, in the formats of other tools.
//!
//! Each format is one pure function from a report or a block to a text, and one entry of [`ALL`]; the
//! page's menu and the terminal's option are both filled from there.
//! The rule: nothing is worked out here. What a format has no place for is left out, and its summary
//! says so.

pub mod csv;
mod graph;
mod t8n_result;
mod trace;

use interleave_engine::block::Block;

use crate::{
    batch::{Batch, Problem, access_list, lower, t8n},
    contracts::Contracts,
    report::{ExportEntry, Report},
    run,
};

/// A format that can be written.
pub struct Format {
    /// Stable name, such as `trace`.
    pub id: &'static str,
    /// Name people know.
    pub name: &'static str,
    /// What files of it end in.
    pub ending: &'static str,
    /// Its media type.
    pub media: &'static str,
    /// What is in it, and what it is for.
    pub summary: &'static str,
    make: Make,
}

/// What a format is made of.
enum Make {
    /// What happened in a run.
    Report(fn(&Report) -> String),
    /// The block, whatever it is run with.
    Block(fn(&Batch, &Block) -> Result<String, Problem>),
}

/// All formats, in the order of the menu.
pub const ALL: &[Format] = &[
    Format {
        id: "report",
        name: "Report",
        ending: ".json",
        media: "application/json",
        summary: "All facts of the run, as the JSON schema of reports describes them.",
        make: Make::Report(report),
    },
    Format {
        id: "transactions",
        name: "Transactions",
        ending: ".transactions.csv",
        media: "text/csv",
        summary: "One row a transaction: what it called, what became of it, its gas and times.",
        make: Make::Report(csv::transactions),
    },
    Format {
        id: "incarnations",
        name: "Incarnations",
        ending: ".incarnations.csv",
        media: "text/csv",
        summary: "One row an execution: worker, transaction, start, end, and what was in its way.",
        make: Make::Report(csv::incarnations),
    },
    Format {
        id: "conflicts",
        name: "Conflicts",
        ending: ".conflicts.csv",
        media: "text/csv",
        summary: "One row a dependency: who read whose write, and where.",
        make: Make::Report(csv::conflicts),
    },
    Format {
        id: "trace",
        name: "Trace",
        ending: ".trace.json",
        media: "application/json",
        summary: "The timeline in the Trace Event Format, for Perfetto and Chrome's viewer; gas time counts one gas as a microsecond.",
        make: Make::Report(trace::write),
    },
    Format {
        id: "dot",
        name: "Dependency graph, DOT",
        ending: ".dot",
        media: "text/vnd.graphviz",
        summary: "Transactions and their dependencies, for Graphviz; the critical path is bold.",
        make: Make::Report(graph::dot),
    },
    Format {
        id: "graphml",
        name: "Dependency graph, GraphML",
        ending: ".graphml",
        media: "application/graphml+xml",
        summary: "The same for yEd, Gephi and NetworkX.",
        make: Make::Report(graph::graphml),
    },
    Format {
        id: "t8n",
        name: "Block, t8n",
        ending: ".t8n.json",
        media: "application/json",
        summary: "The block as input of a state transition tool: alloc, env with withdrawals, and txs, with senders instead of signatures; without the reward of proof of work, which such tools are told apart.",
        make: Make::Block(|batch, block| Ok(pretty(&t8n::whole(batch, block)))),
    },
    Format {
        id: "t8n-result",
        name: "Result, t8n",
        ending: ".t8n-result.json",
        media: "application/json",
        summary: "What sequential execution comes to, as such a tool writes it: receipts, roots, and the state after withdrawals and rewards.",
        make: Make::Block(|batch, block| Ok(pretty(&t8n_result::write(batch, block)))),
    },
    Format {
        id: "access-list",
        name: "Block access list",
        ending: ".access-list.json",
        media: "application/json",
        summary: "What the block writes, and where it reads, in the JSON of EIP-7928.",
        make: Make::Block(list),
    },
];

/// The format of this name.
pub fn find(id: &str) -> Option<&'static Format> {
    ALL.iter().find(|it| it.id == id)
}

impl Format {
    /// As the page shows it.
    pub fn entry(&self) -> ExportEntry {
        ExportEntry {
            id: self.id.into(),
            name: self.name.into(),
            ending: self.ending.into(),
            media: self.media.into(),
            summary: self.summary.into(),
        }
    }

    /// Writes the run of `batch` that came to `report`, or the block itself, which does without a run.
    pub fn write(
        &self,
        batch: &Batch,
        contracts: &Contracts,
        report: Option<&Report>,
    ) -> Result<String, Vec<Problem>> {
        match self.make {
            Make::Report(make) => match report {
                Some(report) => Ok(make(report)),
                None => Err(vec![Problem::error(
                    "there is no result to write: run the batch first",
                )]),
            },
            Make::Block(make) => {
                let block = lower(batch, contracts)?;
                make(batch, &block).map_err(|problem| vec![problem])
            }
        }
    }
}

fn report(report: &Report) -> String {
    serde_json::to_string(report).expect("numbers, texts and lists are JSON") + "\n"
}

fn pretty(value: &serde_json::Value) -> String {
    serde_json::to_string_pretty(value).expect("numbers, texts and lists are JSON") + "\n"
}

fn list(batch: &Batch, block: &Block) -> Result<String, Problem> {
    let list = run::whole_access_list(batch, block);
    access_list::write(list, block).map_err(|reason| Problem::error(reason.to_string()))
}

#[cfg(test)]
mod tests;
