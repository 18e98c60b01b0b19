//! One top module with real Verilog parameters, which selects among variants that were generated for each
//! combination of their values.

mod selector;
mod top;

use crate::{Options, VerilogFile};
use hdl::Port;
use hdl::identifier;
use hdl::netlist::{Clocking, ModuleDef};
use std::fmt;
use top::Top;

/// A parameter that stays open in Verilog, with its legal values; the first is the default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptParameter {
    /// Its name in Rust; in Verilog it is in capitals.
    pub name: String,
    /// The legal values, at most 2147483647.
    pub values: Vec<u32>,
}

impl KeptParameter {
    fn verilog_name(&self) -> String {
        self.name.to_uppercase()
    }
}

/// Why a module with these parameters cannot be printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeepError {
    /// There is no parameter to keep.
    NoParameter,
    /// The list of values of this parameter is empty.
    NoValue {
        /// Its name.
        parameter: String,
    },
    /// The value is beyond Verilog's integers.
    TooLarge {
        /// The parameter.
        parameter: String,
        /// The value.
        value: u32,
    },
    /// A value is listed twice.
    Repeated {
        /// The parameter.
        parameter: String,
        /// The value.
        value: u32,
    },
    /// The name of the module, or of a parameter in capitals, is illegal in Verilog.
    Name {
        /// The name.
        name: String,
        /// Why it cannot.
        reason: String,
    },
    /// The number of variants is not that of the combinations of values.
    Count {
        /// Combinations of values.
        combinations: usize,
        /// Variants that were given.
        variants: usize,
    },
    /// A port of the first variant is missing in another one, or the other way round, or has another direction.
    Port {
        /// The port.
        port: String,
        /// The module that has it.
        module: String,
        /// The module that differs.
        other: String,
        /// How it differs.
        reason: &'static str,
    },
}

impl fmt::Display for KeepError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeepError::NoParameter => write!(f, "there is no parameter to keep"),
            KeepError::NoValue { parameter } => {
                write!(f, "parameter `{parameter}` is kept open without a value")
            }
            KeepError::TooLarge { parameter, value } => {
                write!(
                    f,
                    "parameter `{parameter}` cannot be {value}: a Verilog integer is at most {}",
                    i32::MAX
                )
            }
            KeepError::Repeated { parameter, value } => {
                write!(f, "the value {value} of parameter `{parameter}` is listed twice")
            }
            KeepError::Name { name, reason } => write!(f, "`{name}` cannot be a Verilog name: {reason}"),
            KeepError::Count { combinations, variants } => {
                write!(f, "{combinations} combinations of values need as many variants: there are {variants}")
            }
            KeepError::Port { port, module, other, reason } => {
                write!(f, "port `{port}` of module `{module}` {reason} its variant `{other}`")
            }
        }
    }
}

impl std::error::Error for KeepError {}

/// Prints module `name` with the parameters in `kept`, which has an instance of one of the `variants`: one for
/// each combination of values, the values of the last parameter changing fastest.
///
/// Ports have the same names in all variants; their widths may differ. A value outside the list is an elaboration error
/// that names the parameter and its legal values.
pub fn print_top(
    name: &str,
    kept: &[KeptParameter],
    variants: &[&ModuleDef],
    clocking: &Clocking,
    options: &Options,
) -> Result<VerilogFile, KeepError> {
    check_parameters(kept)?;
    let combinations = kept.iter().map(|parameter| parameter.values.len()).product();
    let first = *variants.first().ok_or(KeepError::Count { combinations, variants: 0 })?;
    if variants.len() != combinations {
        return Err(KeepError::Count { combinations, variants: variants.len() });
    }
    variants.iter().try_for_each(|variant| check_ports(first, variant))?;
    check_names(name, kept, variants, clocking)?;
    let text = Top::new(name, kept, variants, clocking).text(options);
    Ok(VerilogFile { name: format!("{name}.v"), text })
}

fn check_parameters(kept: &[KeptParameter]) -> Result<(), KeepError> {
    if kept.is_empty() {
        return Err(KeepError::NoParameter);
    }
    for KeptParameter { name, values } in kept {
        let parameter = name.clone();
        if values.is_empty() {
            return Err(KeepError::NoValue { parameter });
        }
        for (index, &value) in values.iter().enumerate() {
            if value > i32::MAX as u32 {
                return Err(KeepError::TooLarge { parameter, value });
            }
            if values[..index].contains(&value) {
                return Err(KeepError::Repeated { parameter, value });
            }
        }
    }
    Ok(())
}

/// Checks that the names of the module and of its parameters are legal and unique.
fn check_names(
    name: &str,
    kept: &[KeptParameter],
    variants: &[&ModuleDef],
    clocking: &Clocking,
) -> Result<(), KeepError> {
    let error = |name: &str, reason: &str| Err(KeepError::Name { name: name.into(), reason: reason.into() });
    if variants.iter().any(|variant| variant.name == name) {
        return error(name, "a variant has this name");
    }
    let mut taken: Vec<String> = vec![clocking.clock.clone(), clocking.reset.clone()];
    taken.extend(variants[0].ports.iter().map(|def| def.port.name.clone()));
    for port in &taken {
        if let Some(reason) = identifier::illegal_at_top(name, port) {
            return error(port, reason);
        }
    }
    for name in [name.to_string()].into_iter().chain(kept.iter().map(KeptParameter::verilog_name)) {
        if let Some(reason) = identifier::illegal(&name) {
            return error(&name, reason);
        }
        if taken.contains(&name) {
            return error(&name, "another parameter or a port has this name");
        }
        taken.push(name);
    }
    Ok(())
}

fn check_ports(first: &ModuleDef, variant: &ModuleDef) -> Result<(), KeepError> {
    for (module, other) in [(first, variant), (variant, first)] {
        for Port { name, direction, .. } in module.ports.iter().map(|def| &def.port) {
            let found = other.ports.iter().map(|def| &def.port).find(|port| port.name == *name);
            let reason = match found {
                None => "does not exist in",
                Some(port) if port.direction != *direction => "has another direction in",
                Some(_) => continue,
            };
            let (module, other) = (module.name.clone(), other.name.clone());
            return Err(KeepError::Port { port: name.clone(), module, other, reason });
        }
    }
    Ok(())
}
