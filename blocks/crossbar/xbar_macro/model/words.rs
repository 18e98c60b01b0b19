//! The word that is inside.

use super::packet::{Beat, Packets, Step};
use super::stages::fits;
use crate::common::lanes::apart_unsigned;
use crate::crossbar::xbar_macro::params::{BEAT_BITS, PLACE_BITS, Params, lane};
use hdl::Bits;

/// What it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Its beats come.
    Collects,
    /// It waits for the array.
    Waits,
    /// It is programmed.
    Programs,
    /// Its outcome leaves; it may have been refused.
    Offers { is_refused: bool },
}

/// The word.
#[derive(Clone, Debug)]
pub struct Words {
    params: Params,
    pub state: State,
    packets: Packets,
    /// Where it is: its row, and which word of the row it is.
    pub place: (u64, u64),
    pub mask: Vec<bool>,
    pub levels: Vec<u64>,
    /// The second beat of the outcome is offered.
    pub is_second: bool,
}

impl Words {
    /// After a reset.
    pub fn new(params: &Params) -> Words {
        Words {
            state: State::Collects,
            packets: Packets::new(params.word_beats()),
            place: (0, 0),
            mask: vec![],
            levels: vec![],
            is_second: false,
            params: params.clone(),
        }
    }

    /// No vector begins.
    pub fn wants_array(&self) -> bool {
        matches!(self.state, State::Waits | State::Programs)
    }

    /// The word or its outcome is inside.
    pub fn is_inside(&self) -> bool {
        self.state != State::Collects || self.packets.place > 0
    }

    /// Nothing is begun.
    pub fn is_idle(&self) -> bool {
        self.state == State::Collects && self.packets.is_between()
    }

    /// A beat can be taken.
    pub fn is_ready(&self) -> bool {
        self.packets.is_ready(self.state == State::Collects)
    }

    /// A cycle ends in which beats may come.
    pub fn collect(&mut self, offered: Option<&Beat>) -> Step {
        let goes_on = self.state == State::Collects;
        let number = self.packets.place;
        let data = self.packets.beat(offered, BEAT_BITS).filter(|_| goes_on);
        let is_odd = data.as_ref().is_some_and(|data| !self.take(number, data));
        let step = self.packets.clock(offered, goes_on, is_odd);
        if step.ends {
            self.state = if step.is_wrong { State::Offers { is_refused: true } } else { State::Waits };
        }
        step
    }

    /// Takes the data of a beat; false if a number in it is out of range.
    fn take(&mut self, number: u32, data: &Bits) -> bool {
        let cells = self.params.word_cells();
        let whole = data.to_u64();
        match number {
            0 => {
                let place = |from: u32| whole >> from & ((1 << PLACE_BITS) - 1);
                self.place = (place(0), place(PLACE_BITS));
                let is_row = self.place.0 < self.params.mvm.inputs_of_vector().into();
                is_row && self.place.1 < self.params.row_words().into() && whole >> (2 * PLACE_BITS) == 0
            }
            1 => {
                self.mask = (0..cells).map(|cell| whole >> cell & 1 == 1).collect();
                self.levels.clear();
                fits(whole, BEAT_BITS, cells, false)
            }
            _ => {
                let bits = self.params.mvm.device.cell_bits;
                let left = cells as usize - self.levels.len();
                let mut lanes = apart_unsigned(lane(bits), data);
                let others = lanes.split_off(left.min(lanes.len()));
                let are_levels = lanes.iter().all(|level| level >> bits == 0);
                self.levels.extend(lanes.iter().map(|level| level & ((1 << bits) - 1)));
                are_levels && others.iter().all(|lane| *lane == 0)
            }
        }
    }
}
