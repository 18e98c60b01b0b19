//! A block as Verilog: one module for chosen parameters, or one that keeps some of them open.

use crate::error::Error;
use crate::kept;
use crate::manifest::{GENERATOR, VERSION};
use crate::selection::{Chosen, Parameters};
use blocks::block::elaborate;
use hdl::Netlist;
use hdl::netlist::ModuleDef;
use std::collections::BTreeMap;
use verilog::Options;
use verilog::keep_parameter::{self, KeptParameter};

/// The Verilog of a block.
pub struct Rtl {
    /// Name of the top module.
    pub top: String,
    /// The parameters that the top module has in Verilog.
    pub kept: Vec<KeptParameter>,
    /// A module for each combination of their values; the first has the default ones.
    pub variants: Vec<Variant>,
    /// Every file: name and text.
    pub files: Vec<(String, String)>,
}

/// A module without parameters.
pub struct Variant {
    /// Values of the parameters kept.
    pub values: Vec<(String, String)>,
    /// The block with them and all others.
    pub chosen: Chosen,
    /// It, built.
    pub netlist: Netlist,
}

/// How the Verilog looks, with this program's version in its headers.
pub fn options() -> Options {
    let generator = format!("{GENERATOR} {VERSION}");
    Options { generator, ..Options::default() }
}

impl Rtl {
    /// Builds and prints a block.
    pub fn new(
        block: &str,
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
        // Variants share modules: a module's name tells all its parameters.
        let printed = variants.iter().flat_map(|variant| verilog::print(&variant.netlist, options));
        let mut files: BTreeMap<String, String> = printed.map(|file| (file.name, file.text)).collect();
        let top = match kept {
            [] => variants[0].netlist.top().name.clone(),
            _ => {
                let (top, text) = selector(kept, &variants, options)?;
                files.insert(format!("{top}.v"), text);
                top
            }
        };
        Ok(Rtl { top, kept: kept.to_vec(), variants, files: files.into_iter().collect() })
    }

    /// The variant with the default values.
    pub fn default(&self) -> &Variant {
        &self.variants[0]
    }
}

/// The module that selects among the variants: its name and its text.
fn selector(
    kept: &[KeptParameter],
    variants: &[Variant],
    options: &Options,
) -> Result<(String, String), Error> {
    let tops: Vec<&ModuleDef> = variants.iter().map(|variant| variant.netlist.top()).collect();
    let names: Vec<&str> = tops.iter().map(|top| top.name.as_str()).collect();
    let name = kept::top_name(&names, kept);
    let clocking = &variants[0].netlist.clocking;
    let file = keep_parameter::print_top(&name, kept, &tops, clocking, options);
    let file = file.map_err(|error| Error::new(format!("cannot keep the parameters open: {error}")))?;
    Ok((name, file.text))
}
