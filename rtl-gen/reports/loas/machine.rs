//! The arrays that layers run on.

use super::beats::{self, Factors, Tile};
use super::layers::Layer;
use super::operands::Operands;
use super::weights;
use crate::ReportError;
use crate::synthesis::{Area, area};
use blocks::block::{Configured, elaborate};
use blocks::loas::{loas_array, loas_broadcast_array, loas_tppe};
use hdl::{Bundle, Clocking, Design, Field, Netlist};
use testbenches::VerilogDesign;

/// An array with its parameters.
#[derive(Clone, Debug)]
pub enum Machine {
    /// `loas_array`: bitmasks are joined.
    Joins(loas_array::Params),
    /// `loas_broadcast_array`: spikes are looked up.
    Broadcast(loas_broadcast_array::Params),
}

/// What an element of an array depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Element {
    /// Of `loas_array`.
    Joins(loas_tppe::Params),
    /// Of `loas_broadcast_array`: the parameters of an array of one.
    Broadcast(loas_broadcast_array::Params),
}

impl Machine {
    /// The array with lookups that has the rows and neurons of one with joins.
    pub fn broadcast(params: &loas_array::Params) -> loas_broadcast_array::Params {
        let loas_array::Params { rows, leak, reset, compare, .. } = *params;
        let threshold = params.neuron().threshold();
        let others = loas_broadcast_array::Params::default();
        loas_broadcast_array::Params { rows, leak, threshold, reset, compare, ..others }
    }

    /// Its netlist. Panics if its parameters are illegal.
    pub fn netlist(&self) -> Netlist {
        let block: &dyn Configured = match self {
            Machine::Joins(params) => params,
            Machine::Broadcast(params) => params,
        };
        elaborate(block).unwrap_or_else(|errors| panic!("{errors}"))
    }

    /// The fields of its streams `a`, `b` and `out`.
    pub fn streams(&self) -> [Vec<Field>; 3] {
        match self {
            Machine::Joins(params) => {
                [params.a().fields(), params.element.b().fields(), params.out().fields()]
            }
            Machine::Broadcast(params) => [params.a().fields(), params.b().fields(), params.out().fields()],
        }
    }

    /// Its rows and the columns of a tile.
    pub fn shape(&self) -> [usize; 2] {
        let [rows, columns] = match self {
            Machine::Joins(params) => [params.rows, params.element.columns],
            Machine::Broadcast(params) => [params.rows, params.columns],
        };
        [rows as usize, columns as usize]
    }

    /// Beats with the chunks of all rows.
    pub fn beats_of_a(&self) -> usize {
        let beats = match self {
            Machine::Joins(params) => params.beats_of_a(),
            Machine::Broadcast(params) => params.beats_of_a(),
        };
        beats as usize
    }

    /// Gives the tiles of a layer to `take`: all columns for some rows, then for the next rows.
    pub fn tiles(
        &self,
        layer: &Layer,
        operands: &Operands,
        take: &mut dyn FnMut(Tile) -> Result<(), ReportError>,
    ) -> Result<(), ReportError> {
        match self {
            Machine::Joins(params) => {
                let words = |row: &Vec<u8>| row.iter().copied().map(u16::from).collect();
                let row = |row: usize| operands.spikes.get(row).map(words);
                let factors = Factors { rows: layer.m, k: layer.k, row: &row, columns: &operands.weights };
                beats::tiles(&factors, params).try_for_each(take)
            }
            Machine::Broadcast(params) => weights::tiles(layer, operands, params).try_for_each(take),
        }
    }

    /// Its element.
    pub fn element(&self) -> Element {
        match self {
            Machine::Joins(params) => Element::Joins(params.inner_element()),
            Machine::Broadcast(params) => Element::Broadcast(loas_broadcast_array::Params {
                rows: 1,
                rows_per_beat: 1,
                ..params.clone()
            }),
        }
    }
}

impl Element {
    /// Its netlist.
    pub fn netlist(&self) -> Netlist {
        let elaborated = match self {
            Element::Joins(params) => elaborate(params),
            Element::Broadcast(params) => {
                let design = Design::new(Clocking::default());
                let element = params.element(&design);
                design.elaborate(element)
            }
        };
        elaborated.unwrap_or_else(|errors| panic!("{errors}"))
    }

    /// Its area.
    pub fn area(&self) -> Result<Area, ReportError> {
        area(&VerilogDesign::of(&self.netlist()))
    }
}
