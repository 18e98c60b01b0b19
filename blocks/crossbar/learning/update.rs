//! Updates in the form that the parameters choose.

use super::counts::{self, counts};
use super::errors::Errors;
use super::network::{Network, UpdateForm};
use super::pulses::{Begin, pulses};
use super::side::Side;
use hdl::{Module, Signal};

/// The stages of registers from the values of an update to its first beat.
pub fn update_stages(network: &Network) -> u32 {
    match network.update {
        UpdateForm::Signs | UpdateForm::Trains => 1,
        UpdateForm::Counts => counts::STAGES.len() as u32,
    }
}

/// Gives an update. Returns whether its activations and deltas are used for the last time.
pub fn update<'m>(
    m: &'m Module,
    network: &Network,
    rows: &Side<'m>,
    columns: &Side<'m>,
    errors: &Errors<'m>,
    begin: Begin<'m>,
) -> Signal<'m> {
    match (rows, columns) {
        (Side::Lines(rows), Side::Lines(columns)) => pulses(m, network, rows, columns, errors.pulses, begin),
        (Side::Values(activations), Side::Values(deltas)) => {
            let shift = errors.count_shift.expect("errors say how far counts are shifted");
            counts(m, network, activations, deltas, shift, begin)
        }
        (Side::Lines(_), Side::Values(_)) | (Side::Values(_), Side::Lines(_)) => {
            unreachable!("both sides are kept for the same form of update")
        }
    }
}
