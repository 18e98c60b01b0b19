//! A block as Verilog: one module with fixed parameters, or one that keeps some of them open.

use crate::block::kept;
use crate::block::selection::{Chosen, Parameters};
use crate::block::version::{GENERATOR, VERSION};
use crate::terminal::error::Error;
use blocks::block::{Block, elaborate};
use hdl::Netlist;
use hdl::netlist::ModuleDef;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use verilog::keep_parameter::{self, KeptParameter};
use verilog::{Options, VerilogFile};

/// The Verilog of a block.
pub struct Rtl {
    /// Name of the top module.
    pub top: String,
    /// The parameters of the top module in Verilog.
    pub kept: Vec<KeptParameter>,
    /// A module for each combination of their values; the first has the default values.
    pub variants: Vec<Variant>,
    /// Every file, as name and text.
    pub files: Vec<(String, String)>,
}

/// A module with fixed parameters.
pub struct Variant {
    /// Values of the parameters that stay open.
    pub values: Vec<(String, String)>,
    /// The block with these and all other parameters.
    pub chosen: Chosen,
    /// The netlist.
    pub netlist: Netlist,
}

/// The style of the Verilog, with this program's version in its headers.
pub fn options() -> Options {
    let generator = format!("{GENERATOR} {VERSION}");
    Options { generator, ..Options::default() }
}

impl Rtl {
    /// Builds and prints a block.
    pub fn new(
        block: &'static Block,
        parameters: &Parameters,
        kept: &[KeptParameter],
        options: &Options,
    ) -> Result<Rtl, Error> {
        kept::check(kept)?;
        let given = parameters.given()?;
        let variants = kept::combinations(kept).into_iter().map(|values| {
            let chosen = given.configure(block, &values)?;
            let netlist = elaborate(chosen.configured.as_ref())?;
            Ok(Variant { values, chosen, netlist })
        });
        let variants = variants.collect::<Result<Vec<Variant>, Error>>()?;
        let mut files = BTreeMap::new();
        for file in variants.iter().flat_map(|variant| verilog::print(&variant.netlist, options)) {
            add(&mut files, file)?;
        }
        let top = match kept {
            [] => variants[0].netlist.top().name.clone(),
            _ => {
                let (top, file) = selector(kept, &variants, options)?;
                add(&mut files, file)?;
                top
            }
        };
        Ok(Rtl { top, kept: kept.to_vec(), variants, files: files.into_iter().collect() })
    }

    /// The registers of each variant that has some, in SystemRDL, as file name and text.
    pub fn register_maps(&self) -> Vec<(String, String)> {
        let file = |variant: &Variant| {
            let map = variant.chosen.configured.registers()?;
            Some((format!("{}.rdl", variant.netlist.top().name), map.rdl()))
        };
        self.variants.iter().filter_map(file).collect()
    }

    /// The variant with the default values.
    pub fn default(&self) -> &Variant {
        &self.variants[0]
    }
}

/// Adds a file. Variants share modules, so a module's name must identify its contents.
fn add(files: &mut BTreeMap<String, String>, file: VerilogFile) -> Result<(), Error> {
    match files.entry(file.name) {
        Entry::Vacant(entry) => {
            entry.insert(file.text);
            Ok(())
        }
        Entry::Occupied(entry) if *entry.get() == file.text => Ok(()),
        Entry::Occupied(entry) => {
            let message = format!("two variants of the block need a different `{}`", entry.key());
            let help = "the name of a module must contain every parameter that the module depends on";
            Err(Error::new(message).help(help))
        }
    }
}

/// The module that selects among the variants, as file name and text.
fn selector(
    kept: &[KeptParameter],
    variants: &[Variant],
    options: &Options,
) -> Result<(String, VerilogFile), Error> {
    let tops: Vec<&ModuleDef> = variants.iter().map(|variant| variant.netlist.top()).collect();
    let names: Vec<&str> = tops.iter().map(|top| top.name.as_str()).collect();
    let name = kept::top_name(&names, kept);
    let clocking = &variants[0].netlist.clocking;
    let file = keep_parameter::print_top(&name, kept, &tops, clocking, options);
    let file = file.map_err(|error| Error::new(format!("cannot keep the parameters open: {error}")))?;
    Ok((name, file))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two different files of one name are an error: neither may replace the other.
    #[test]
    fn files_of_one_name_are_one_file_or_an_error() {
        let file = |text: &str| VerilogFile { name: "adder.v".into(), text: text.into() };
        let mut files = BTreeMap::new();
        add(&mut files, file("assign y = x + 1;")).expect("the first file");
        add(&mut files, file("assign y = x + 1;")).expect("the same file");
        let error = add(&mut files, file("assign y = x + 2;")).expect_err("another file");
        assert!(error.to_string().contains("different `adder.v`"), "{error}");
        assert_eq!(files["adder.v"], "assign y = x + 1;");
    }
}
