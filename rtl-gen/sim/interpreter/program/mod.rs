//! A flat design compiled for the interpreter.
//!
//! Every value lives in one array of 64-bit slots: a value of `width` bits takes `limbs_for(width)`
//! consecutive ones, least significant first, and the bits above its width are zero. The registers come
//! first, so that a clock edge is one copy; constants are slots that nothing writes.

mod edge;
mod gather;
mod instruction;
mod limbs;
mod logic;
mod lower;
mod run;
mod schedule;
mod wide;

use crate::BuildError;
use crate::flatten::Flat;
use crate::memories::MemoryInfo;
use crate::options::Initial;
use crate::reset::Reset;
use crate::simulator::SignalInfo;
use hdl::{Bits, Port, limbs_for};
use logic::Logic;
use lower::Lowering;
use std::collections::BTreeMap;
use std::ops::Range;

pub(super) use edge::Edge;

/// Where a value lives.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub slot: u32,
    pub width: u32,
}

impl Place {
    /// Its slots, the least significant first.
    pub fn slots(self) -> Range<u32> {
        self.slot..self.slot + limbs_for(self.width) as u32
    }

    /// Its slots as indices.
    pub fn range(self) -> Range<usize> {
        self.slot as usize..self.slot as usize + limbs_for(self.width)
    }

    /// The value in `values`.
    pub fn read(self, values: &[u64]) -> Bits {
        Bits::from_limbs(self.width, &values[self.range()])
    }
}

/// Where a memory's words live in the array of all words.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MemoryPlace {
    pub first: usize,
    pub depth: u64,
    /// Slots of a word.
    pub limbs: usize,
}

impl MemoryPlace {
    /// The index of the first limb of a word, or `None` beyond the depth.
    pub fn word(self, address: u64) -> Option<usize> {
        (address < self.depth).then(|| self.first + address as usize * self.limbs)
    }
}

/// What does not change while a design runs; interpreters of one design share it.
pub(crate) struct Program {
    pub top: String,
    /// Name of the clock, if there is one.
    pub clock: Option<String>,
    pub ports: Vec<Port>,
    pub port_places: Vec<Place>,
    pub signals: Vec<SignalInfo>,
    /// The place of each node: a signal's id is an index here.
    pub places: Vec<Place>,
    /// The slot of each property's condition.
    pub conditions: Vec<u32>,
    pub reset: Option<Reset>,
    pub edge: Edge,
    logic: Logic,
    wide: Vec<wide::Operation>,
    pub memories: Vec<MemoryPlace>,
    pub memory_infos: Vec<MemoryInfo>,
    /// The place of each register.
    pub registers: Vec<Place>,
}

/// The values that a design starts with.
#[derive(Clone)]
pub(crate) struct State {
    pub values: Vec<u64>,
    /// The words of all memories.
    pub words: Vec<u64>,
}

impl Program {
    /// Compiles a design, and prepares the state that it starts in.
    pub fn compile(flat: Flat, initial: Initial) -> Result<(Program, State), BuildError> {
        let words = edge::all_initial_words(&flat, initial)?;
        let memories: Vec<MemoryPlace> = edge::memory_places(&flat).collect();
        let mut lowering = Lowering::new(&flat, initial);
        let places = lowering.nodes(&flat.nodes);
        let program = Program {
            edge: Edge::of(&flat, &mut lowering, &places),
            reset: Reset::of(flat.has_reset, &flat.clocking),
            conditions: conditions(&flat, &places),
            port_places: port_places(&flat, &lowering, &places),
            registers: flat.registers.iter().map(|register| places[register.output.index()]).collect(),
            logic: Logic::of(&lowering, &memories),
            memory_infos: MemoryInfo::of_all(&flat.memories),
            top: flat.top,
            clock: flat.has_clock.then_some(flat.clocking.clock),
            ports: flat.ports,
            signals: flat.signals,
            places,
            memories,
            wide: lowering.wide,
        };
        Ok((program, State { values: lowering.values, words }))
    }

    /// True if a value follows an input within the cycle; else it changes only at a clock edge.
    pub fn follows_inputs(&self, place: Place) -> bool {
        self.logic.follows_inputs[place.range()].contains(&true)
    }
}

/// Each output lives where its driver does; ports are given by their index.
fn port_places(flat: &Flat, lowering: &Lowering, places: &[Place]) -> Vec<Place> {
    let drivers = flat.outputs.iter().map(|(port, driver)| (*port, places[driver.index()]));
    let by_port: BTreeMap<usize, Place> = drivers.chain(lowering.inputs.clone()).collect();
    by_port.into_values().collect()
}

fn conditions(flat: &Flat, places: &[Place]) -> Vec<u32> {
    flat.properties.iter().map(|property| places[property.condition.index()].slot).collect()
}
