//! The description of a block for the command, the tests and the documentation.

use crate::channel::Ports;
use crate::golden::{GoldenModel, Model, OfBeats, PureModel, Reference};
use crate::parameters::{
    Parameter, ParameterError, Parameters, Settings, Values, check, declared, parse_settings, read, schema,
};
use crate::stimulus::Stimulus;
use hdl::{Design, Diagnostics, ModuleRef, Netlist, identifier};
use serde_json::Value;

/// A block before its parameters are chosen. It is described by its name, its texts and its variants; the rest comes
/// from its parameters, with [`Block::of`]:
///
/// ```ignore
/// pub const BLOCK: Block = Block {
///     name: "leaky_accumulator",
///     summary: "adds up numbers, and forgets them again",
///     source: "a textbook",
///     documentation: include_str!("README.md"),
///     small: "bits=4",
///     ..Block::of::<Params>()
/// };
/// ```
pub struct Block {
    /// Name on the command line and prefix of its modules' names: lower-case letters, digits and `_`, beginning with a
    /// letter.
    pub name: &'static str,
    /// What it does, one line.
    pub summary: &'static str,
    /// The paper or other source.
    pub source: &'static str,
    /// The part of the source; empty if the block covers all of it, or `source` says it.
    pub section: &'static str,
    /// Its documentation page, in Markdown.
    pub documentation: &'static str,
    /// Parameter sets that represent all others in tests, each as `name=value ...`; together they cover every value of
    /// every parameter with few values. Empty if all combinations are run.
    pub variants: &'static [&'static str],
    /// A variant that is small enough for tests of its netlist, as `name=value ...`.
    pub small: &'static str,
    /// The variants whose mutants are tested; empty if that is only the small one.
    pub mutated: &'static [&'static str],
    /// Whether tests of even the small variants take minutes.
    pub is_large: bool,
    /// Everything that follows from its parameters, from [`Block::of`].
    pub kind: Kind,
}

/// What a block's parameter struct determines: the list of parameters, and the block that they configure.
pub struct Kind {
    check: fn() -> Result<(), String>,
    parameters: fn() -> Vec<Parameter>,
    configure: fn(&Settings) -> Result<Box<dyn Configured>, ParameterError>,
    schema: fn(&str, &str) -> Value,
}

impl Block {
    /// The part of a block that follows from its parameters alone; the texts are empty, and there are no variants.
    pub const fn of<P: Parameters + Configured>() -> Block {
        Block {
            name: "",
            summary: "",
            source: "",
            section: "",
            documentation: "",
            variants: &[],
            small: "",
            mutated: &[],
            is_large: false,
            kind: Kind {
                check: check::<P>,
                parameters: declared::<P>,
                configure: configure::<P>,
                schema: schema::<P>,
            },
        }
    }

    /// Its parameters, with legal values and defaults.
    pub fn parameters(&self) -> Vec<Parameter> {
        (self.kind.parameters)()
    }

    /// The JSON schema of TOML files with its parameters, for editors that complete and check them.
    pub fn schema(&self) -> Value {
        (self.kind.schema)(&format!("Parameters of {}", self.name), self.summary)
    }

    /// The variants whose mutants are tested: the small one if there are no others.
    pub fn judged_variants(&self) -> Vec<&'static str> {
        if self.mutated.is_empty() { vec![self.small] } else { self.mutated.to_vec() }
    }

    /// The block with these parameters, and default values for the others.
    pub fn configure(&self, settings: &Settings) -> Result<Box<dyn Configured>, ParameterError> {
        (self.kind.configure)(settings)
    }

    /// The block with parameters from a text, `name=value ...`, and default values for the others. The error says what
    /// is wrong in the text.
    pub fn variant(&self, text: &str) -> Result<Box<dyn Configured>, String> {
        self.configure(&parse_settings(text)?).map_err(|error| error.to_string())
    }

    /// Checks a description: its name, its texts, its declared parameters and its variants. The error says what is
    /// wrong.
    pub fn check(&self) -> Result<(), String> {
        check_name(self.name)?;
        for (what, text) in [("summary", self.summary), ("source", self.source)] {
            if text.trim().is_empty() || text.contains('\n') {
                return Err(format!("its {what} must be one line of text: it is {text:?}"));
            }
        }
        (self.kind.check)()?;
        for text in [""].iter().chain(self.variants).chain(self.mutated).chain([&self.small]) {
            self.variant(text).map_err(|reason| match *text {
                "" => format!("its defaults are refused: {reason}"),
                text => format!("its variant `{text}` is refused: {reason}"),
            })?;
        }
        Ok(())
    }
}

/// A name begins the names of modules and files, and is a word on the command line.
fn check_name(name: &str) -> Result<(), String> {
    let reason = match identifier::illegal(name) {
        Some(reason) => reason,
        None if name.starts_with('_') => "it must begin with a letter",
        None if name.contains(|c: char| c.is_ascii_uppercase()) => "its letters must be lower-case",
        None => return Ok(()),
    };
    Err(format!("`{name}` cannot be its name: {reason}"))
}

/// The block with these parameters, and default values for the others.
fn configure<P: Parameters + Configured>(settings: &Settings) -> Result<Box<dyn Configured>, ParameterError> {
    Ok(Box::new(read::<P>(settings)?))
}

/// The hardware of a block.
pub trait Hardware {
    /// Adds the block's top module to a design.
    fn build(&self, design: &Design) -> ModuleRef;
}

/// A block with its parameters chosen. The other traits describe it; a block's parameter struct implements them.
pub trait Configured: Values + Ports + Hardware + Reference + Stimulus + Send + Sync {
    /// The golden model, at its start.
    fn model(&self) -> Box<dyn Model> {
        match self.golden() {
            GoldenModel::Pure(model) => Box::new(OfBeats::new(model, &self.interface().outputs[0])),
            GoldenModel::Sequential(model) => model,
        }
    }

    /// The golden model of a block without state, for faster runs; `None` if it has state, or more than one channel in
    /// a direction.
    fn pure_model(&self) -> Option<Box<dyn PureModel>> {
        match self.golden() {
            GoldenModel::Pure(model) => Some(model),
            GoldenModel::Sequential(_) => None,
        }
    }

    /// The number of cases that take about `cycles` cycles, at least one.
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
