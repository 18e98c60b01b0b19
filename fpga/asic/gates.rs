//! A mapped design as gates on numbered nets, and as the Verilog that OpenSTA reads.

use super::cells::Function;
use super::liberty::LibraryCell;
use crate::netlist::{Bit, Netlist};
use std::collections::BTreeMap;
use std::fmt::Write;
use testbenches::ToolError;

/// The net that is always 0.
pub const ZERO: usize = 0;
/// The net that is always 1.
pub const ONE: usize = 1;

/// A design of library cells.
pub struct Gates<'l> {
    /// Name of the top module.
    pub top: String,
    /// Number of nets; the first two are constant.
    pub net_count: usize,
    /// Name of each net in the block, with its bit.
    pub net_names: Vec<String>,
    /// Nets of the bits of each input.
    pub inputs: BTreeMap<String, Vec<usize>>,
    /// Nets of the bits of each output.
    pub outputs: BTreeMap<String, Vec<usize>>,
    /// The cells; `c<index>` in Verilog.
    pub cells: Vec<Gate<'l>>,
}

/// A cell.
pub struct Gate<'l> {
    /// Its name in the library.
    pub kind: String,
    /// Its function.
    pub function: &'l Function,
    /// The net at each pin.
    pub pins: BTreeMap<String, usize>,
}

impl<'l> Gates<'l> {
    /// Reads a flat netlist.
    pub fn new(
        top: &str,
        netlist: &Netlist,
        library: &'l BTreeMap<String, LibraryCell>,
    ) -> Result<Gates<'l>, ToolError> {
        let nets = Nets::of(netlist);
        let ports = |direction: &str| {
            let of = netlist.ports.iter().filter(|(_, port)| port.direction == direction);
            of.map(|(name, port)| (name.clone(), port.bits.iter().map(|bit| nets.number(bit)).collect()))
                .collect()
        };
        let cells = netlist.cells.values().map(|cell| {
            let function = library.get(&cell.kind).and_then(|cell| cell.function.as_ref());
            let function = function.ok_or_else(|| ToolError::Design {
                top: top.into(),
                reason: format!("the library gives no function for its cell `{}`", cell.kind),
            })?;
            let pins = cell.connections.iter();
            let pins = pins.flat_map(|(pin, bits)| Some((pin.clone(), nets.number(bits.first()?))));
            Ok(Gate { kind: cell.kind.clone(), function, pins: pins.collect() })
        });
        Ok(Gates {
            top: top.into(),
            net_count: nets.names.len(),
            inputs: ports("input"),
            outputs: ports("output"),
            cells: cells.collect::<Result<_, _>>()?,
            net_names: nets.names,
        })
    }

    /// Structural Verilog with a scalar port for each bit, which OpenSTA's reader is sure to understand. Input bits are
    /// called `i<net>`, output bits `o<number>`, nets `n<net>`.
    pub fn verilog(&self) -> String {
        let inputs: Vec<usize> = self.inputs.values().flatten().copied().collect();
        let outputs: Vec<usize> = self.outputs.values().flatten().copied().collect();
        let ports = inputs.iter().map(|net| format!("i{net}"));
        let ports: Vec<String> = ports.chain((0..outputs.len()).map(|index| format!("o{index}"))).collect();
        let mut text = format!("module {} ({});\n", self.top, ports.join(", "));
        let mut line =
            |args: std::fmt::Arguments| writeln!(text, "  {args};").expect("a string takes any text");
        inputs.iter().for_each(|net| line(format_args!("input i{net}")));
        (0..outputs.len()).for_each(|index| line(format_args!("output o{index}")));
        (2..self.net_count).for_each(|net| line(format_args!("wire n{net}")));
        inputs.iter().for_each(|net| line(format_args!("assign n{net} = i{net}")));
        for (index, net) in outputs.iter().enumerate() {
            line(format_args!("assign o{index} = {}", wire(*net)));
        }
        for (index, cell) in self.cells.iter().enumerate() {
            let pins: Vec<String> =
                cell.pins.iter().map(|(pin, net)| format!(".{pin}({})", wire(*net))).collect();
            line(format_args!("{} c{index} ({})", cell.kind, pins.join(", ")));
        }
        text + "endmodule\n"
    }
}

impl Gate<'_> {
    /// The average number of changes of its outputs, for the given changes of the nets.
    pub fn output_changes(&self, changes: &[u64]) -> f64 {
        let outputs = self.function.outputs.iter().filter_map(|(pin, _)| self.pins.get(pin));
        let of: Vec<f64> = outputs.map(|net| changes[*net] as f64).collect();
        of.iter().sum::<f64>() / of.len().max(1) as f64
    }
}

fn wire(net: usize) -> String {
    match net {
        ZERO => "1'b0".into(),
        ONE => "1'b1".into(),
        net => format!("n{net}"),
    }
}

/// The nets of a netlist, numbered without gaps.
struct Nets {
    numbers: BTreeMap<usize, usize>,
    names: Vec<String>,
}

impl Nets {
    fn of(netlist: &Netlist) -> Nets {
        let mut nets = Nets { numbers: BTreeMap::new(), names: vec![String::new(); 2] };
        // The block's own names are preferred to Yosys's, and names of ports to all others.
        let ports = netlist.ports.iter().map(|(name, port)| (name, &port.bits));
        let of = |hidden: u8| {
            let names = netlist.netnames.iter().filter(move |(_, net)| net.hide_name == hidden);
            names.map(|(name, net)| (name, &net.bits))
        };
        for (name, bits) in ports.chain(of(0)).chain(of(1)) {
            nets.add(name, bits);
        }
        let pins = netlist.cells.values().flat_map(|cell| cell.connections.values());
        pins.for_each(|bits| nets.add("", bits));
        nets
    }

    fn add(&mut self, name: &str, bits: &[Bit]) {
        for (index, bit) in bits.iter().enumerate() {
            if let Bit::Net(number) = bit
                && !self.numbers.contains_key(number)
            {
                self.numbers.insert(*number, self.names.len());
                self.names.push(if bits.len() > 1 { format!("{name}[{index}]") } else { name.into() });
            }
        }
    }

    fn number(&self, bit: &Bit) -> usize {
        match bit {
            Bit::Net(number) => self.numbers[number],
            Bit::Constant(level) if level == "1" => ONE,
            Bit::Constant(_) => ZERO,
        }
    }
}
