//! The pins of a black box, as its model sees them.

use hdl::netlist::ModuleDef;
use hdl::{Bits, Direction, Port};
use std::fmt;

/// An instance of a black box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoxInstance {
    /// Instance names joined by dots.
    pub path: String,
    /// Name of the Verilog module.
    pub module: String,
    /// The values of its Verilog parameters, as the design gives them.
    pub parameters: Vec<(String, String)>,
}

impl BoxInstance {
    /// The value of a Verilog parameter, if the design gives one.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(parameter, _)| parameter == name);
        found.map(|(_, value)| value.as_str())
    }
}

impl fmt::Display for BoxInstance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the model of black box `{}` (instance `{}`)", self.module, self.path)
    }
}

/// The pins of a black box: a model reads the inputs and sets the outputs. The clock is not among them.
///
/// Each method panics, at the model's line, if there is no such input or output or the value does not fit it.
#[derive(Clone, Debug)]
pub struct Pins {
    instance: BoxInstance,
    pins: Vec<Pin>,
}

#[derive(Clone, Debug)]
struct Pin {
    port: Port,
    /// Index of the simulator's port behind it.
    index: usize,
    /// `None` until the input is read from the design, or the output is set by the model.
    value: Option<Bits>,
}

impl Pins {
    pub(super) fn new(instance: BoxInstance, module: &ModuleDef, indices: &[Option<usize>]) -> Pins {
        let ports = module.ports.iter().zip(indices);
        let pin = |(def, index): (&hdl::netlist::PortDef, &Option<usize>)| {
            Some(Pin { port: def.port.clone(), index: (*index)?, value: None })
        };
        Pins { instance, pins: ports.filter_map(pin).collect() }
    }

    /// The instance that they belong to, with the black box's parameters.
    pub fn instance(&self) -> &BoxInstance {
        &self.instance
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.pins.len()
    }

    /// The value of an input.
    #[track_caller]
    pub fn get(&self, input: &str) -> Bits {
        let pin = &self.pins[self.find(input, Direction::Input)];
        pin.value.clone().expect("the inputs are read before the model runs")
    }

    /// The value of an input of up to 64 bits.
    #[track_caller]
    pub fn get_u64(&self, input: &str) -> u64 {
        let Port { width, .. } = &self.pins[self.find(input, Direction::Input)].port;
        assert!(*width <= 64, "{}: input `{input}` has {width} bits: use `get`", self.instance);
        self.get(input).to_u64()
    }

    /// Gives an output its value.
    #[track_caller]
    pub fn set(&mut self, output: &str, value: Bits) {
        let index = self.find(output, Direction::Output);
        let (instance, given) = (&self.instance, value.width());
        let Port { width, .. } = self.pins[index].port;
        assert!(
            width == given,
            "{instance}: output `{output}` has {width} bits: it cannot take {given} bits"
        );
        self.pins[index].value = Some(value);
    }

    /// Gives an output of up to 64 bits its value.
    #[track_caller]
    pub fn set_u64(&mut self, output: &str, value: u64) {
        let Port { width, .. } = self.pins[self.find(output, Direction::Output)].port;
        let fits = width <= 64 && value <= hdl::top_limb_mask(width);
        let instance = &self.instance;
        assert!(
            fits,
            "{instance}: output `{output}` has {width} bits: it cannot take {value} as up to 64 bits"
        );
        self.set(output, Bits::from_limbs(width, &[value]));
    }

    #[track_caller]
    fn find(&self, name: &str, direction: Direction) -> usize {
        let is_it = |pin: &Pin| pin.port.name == name && pin.port.direction == direction;
        self.pins.iter().position(is_it).unwrap_or_else(|| {
            let pins = self.pins.iter().map(|pin| &pin.port).filter(|port| port.direction == direction);
            let names: Vec<&str> = pins.map(|port| port.name.as_str()).collect();
            let (instance, known) = (&self.instance, names.join(", "));
            panic!("{instance}: there is no {direction} `{name}` ({direction}s: {known})")
        })
    }

    /// Reads the inputs from the design; true if one has changed.
    pub(super) fn read(&mut self, mut peek: impl FnMut(usize) -> Bits) -> bool {
        let mut has_changed = false;
        for pin in self.pins.iter_mut().filter(|pin| pin.port.direction == Direction::Input) {
            let value = Some(peek(pin.index));
            has_changed |= pin.value != value;
            pin.value = value;
        }
        has_changed
    }

    /// Forgets the outputs, and returns what they were.
    pub(super) fn clear(&mut self) -> Vec<Option<Bits>> {
        self.outputs().map(|pin| pin.value.take()).collect()
    }

    /// Passes the outputs that have changed to the design; true if there is one. Panics if the model left one without a
    /// value.
    pub(super) fn write(&mut self, before: &[Option<Bits>], mut poke: impl FnMut(usize, &Bits)) -> bool {
        let instance = self.instance.clone();
        let mut has_changed = false;
        for (pin, before) in self.outputs().zip(before) {
            let Some(value) = &pin.value else {
                panic!("{instance}: output `{}` got no value", pin.port.name)
            };
            if pin.value != *before {
                has_changed = true;
                poke(pin.index, value);
            }
        }
        has_changed
    }

    fn outputs(&mut self) -> impl Iterator<Item = &mut Pin> {
        self.pins.iter_mut().filter(|pin| pin.port.direction == Direction::Output)
    }
}
