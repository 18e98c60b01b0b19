//! What a block is to the command, the tests and the documentation.

use crate::channel::Ports;
use crate::golden::{GoldenModel, Model, OfBeats, PureModel, Reference};
use crate::parameters::{Parameter, ParameterError, Parameters, Settings, Values, declared, read, schema};
use crate::stimulus::Stimulus;
use hdl::{Design, Diagnostics, ModuleRef, Netlist};
use serde_json::Value;

/// A block of the library, before its parameters are chosen.
pub struct Block {
    pub(crate) name: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) source: &'static str,
    pub(crate) section: &'static str,
    pub(crate) documentation: &'static str,
    pub(crate) parameters: fn() -> Vec<Parameter>,
    pub(crate) variants: &'static [&'static str],
    pub(crate) small: &'static str,
    pub(crate) mutated: &'static [&'static str],
    pub(crate) is_large: bool,
    pub(crate) configure: fn(&Settings) -> Result<Box<dyn Configured>, ParameterError>,
    pub(crate) schema: fn(&str, &str) -> Value,
}

impl Block {
    /// What the parameters alone decide of a block; the rest is empty.
    pub(crate) const fn of<P: Parameters + Configured>() -> Block {
        Block {
            name: "",
            summary: "",
            source: "",
            section: "",
            documentation: "",
            parameters: declared::<P>,
            variants: &[],
            small: "",
            mutated: &[],
            is_large: false,
            configure: configure::<P>,
            schema: schema::<P>,
        }
    }

    /// Name on the command line and of its modules.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What it does, one line.
    pub fn summary(&self) -> &'static str {
        self.summary
    }

    /// The paper that it comes from, with the section.
    pub fn source(&self) -> &'static str {
        self.source
    }

    /// What of the source it is; empty where that is all, or is said there.
    pub fn section(&self) -> &'static str {
        self.section
    }

    /// Its page of documentation, in Markdown.
    pub fn documentation(&self) -> &'static str {
        self.documentation
    }

    /// Its parameters, with legal values and defaults.
    pub fn parameters(&self) -> Vec<Parameter> {
        (self.parameters)()
    }

    /// The JSON schema of the TOML files that give values to its parameters: editors complete and check them by it.
    pub fn schema(&self) -> Value {
        (self.schema)(&format!("Parameters of {}", self.name), self.summary)
    }

    /// Parameter sets that stand for all in tests, each as `name=value ...`; together they have every value of every
    /// parameter with few values. None where all combinations are run.
    pub fn variants(&self) -> &'static [&'static str] {
        self.variants
    }

    /// A variant that is small enough for tests of its netlist, as `name=value ...`.
    pub fn small(&self) -> &'static str {
        self.small
    }

    /// The variants whose mutants tests judge: the small one where there are no others.
    pub fn mutated(&self) -> Vec<&'static str> {
        if self.mutated.is_empty() { vec![self.small] } else { self.mutated.to_vec() }
    }

    /// Whether tests of even the small variants take minutes.
    pub fn is_large(&self) -> bool {
        self.is_large
    }

    /// The block with these parameters, the others at their defaults.
    pub fn configure(&self, settings: &Settings) -> Result<Box<dyn Configured>, ParameterError> {
        (self.configure)(settings)
    }
}

/// The block with these parameters, the others at their defaults.
fn configure<P: Parameters + Configured>(settings: &Settings) -> Result<Box<dyn Configured>, ParameterError> {
    Ok(Box::new(read::<P>(settings)?))
}

/// The hardware of a block.
pub trait Hardware {
    /// Adds the block's top module to a design.
    fn build(&self, design: &Design) -> ModuleRef;
}

/// A block with its parameters chosen. What it is stands in the other traits: the parameters of a block have them.
pub trait Configured: Values + Ports + Hardware + Reference + Stimulus + Send + Sync {
    /// The golden model, at its start.
    fn model(&self) -> Box<dyn Model> {
        match self.golden() {
            GoldenModel::Pure(model) => Box::new(OfBeats::new(model, &self.interface().outputs[0])),
            GoldenModel::Sequential(model) => model,
        }
    }

    /// The golden model of a block without state, which runs are faster with; `None` where it has some, or more than
    /// one channel each way.
    fn pure_model(&self) -> Option<Box<dyn PureModel>> {
        match self.golden() {
            GoldenModel::Pure(model) => Some(model),
            GoldenModel::Sequential(_) => None,
        }
    }

    /// The number of cases that take about so many cycles, one at least.
    fn cases_in(&self, cycles: u64) -> u64 {
        (cycles / self.cycles_per_case()).max(1)
    }
}

impl<P: Values + Ports + Hardware + Reference + Stimulus + Send + Sync> Configured for P {}

/// The netlist of a configured block, with the default clock and reset.
pub fn elaborate(block: &dyn Configured) -> Result<Netlist, Diagnostics> {
    let design = Design::new(hdl::Clocking::default());
    let top = block.build(&design);
    design.elaborate(top)
}
