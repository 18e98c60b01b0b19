//! Clocks of a whole input vector: driver, sequencer and converter together.

use super::chain::{Converter, Setting, clocks_of_vector};
use crate::ReportError;
use serde::Serialize;

/// Columns that share a converter: of SpikeSim, and of the settings that are compared.
const COLUMNS: u32 = 8;

/// T_settle.
const SETTLE: u64 = 2;

/// Bits of the converter by successive approximation.
const SAR_BITS: u64 = 8;

/// A converter with vectors of 8-bit inputs.
#[derive(Clone, Debug, Serialize)]
pub struct ReadOut {
    /// The converter.
    pub converter: &'static str,
    /// Clocks of a conversion, the least.
    pub conversion: u64,
    /// Lower bound of a vector if a phase settles when the columns of the one before are sampled or converted.
    pub serial_bound: u64,
    /// The same, measured with one hold a column.
    pub serial: u64,
    /// Lower bound if the next phase settles while one is converted.
    pub overlapped_bound: u64,
    /// The same, measured with two holds a column.
    pub overlapped: u64,
}

/// 8-bit inputs, 8 columns a converter, all 64 rows at once.
pub fn read_outs() -> Result<Vec<ReadOut>, ReportError> {
    let sar = |holds| Converter::Sar { holds, sample_clocks: 1 };
    let converters = [
        ("flash", Converter::Flash, 1),
        ("SAR, 8 bits: N + 3", sar(1), SAR_BITS + 3),
        ("SAR, 8 bits, sampling overlapped: N", sar(2), SAR_BITS),
    ];
    converters
        .into_iter()
        .map(|(name, converter, conversion)| read_out(name, converter, conversion))
        .collect()
}

fn read_out(name: &'static str, converter: Converter, conversion: u64) -> Result<ReadOut, ReportError> {
    let (input_bits, columns) = (8, u64::from(COLUMNS));
    let measured = |holds| {
        clocks_of_vector(&Setting { input_bits, columns: COLUMNS, holds, settle_clocks: SETTLE, converter })
    };
    let phases = u64::from(input_bits);
    Ok(ReadOut {
        converter: name,
        conversion,
        serial_bound: match converter {
            // The last column of a phase is converted while the next one settles.
            Converter::Sar { holds: 2, .. } => phases * SETTLE.max(columns * conversion),
            Converter::Sar { .. } | Converter::Flash => phases * (SETTLE + columns * conversion),
        },
        serial: measured(1)?,
        overlapped_bound: phases * SETTLE.max(columns * conversion),
        overlapped: measured(2)?,
    })
}

/// A processing element of SpikeSim: 64 x 64, spikes, 8 columns a 4-bit flash converter.
#[derive(Clone, Debug, Serialize)]
pub struct ProcessingElement {
    /// Whose.
    pub name: &'static str,
    /// Clocks of a matrix-vector product.
    pub clocks: u64,
    /// Their lower bound; none for the published one.
    pub bound: Option<u64>,
}

/// SpikeSim's cycle of a processing element, in its clocks at 250 MHz: 8 x 3 + 2.
pub const SPIKESIM_CLOCKS: u64 = 26;

/// Ours beside SpikeSim's.
pub fn processing_elements() -> Result<Vec<ProcessingElement>, ReportError> {
    let columns = u64::from(COLUMNS);
    let measured = |holds| {
        let converter = Converter::Flash;
        clocks_of_vector(&Setting {
            input_bits: 1,
            columns: COLUMNS,
            holds,
            settle_clocks: SETTLE,
            converter,
        })
    };
    let ours = |name, bound, holds| {
        measured(holds).map(|clocks| ProcessingElement { name, clocks, bound: Some(bound) })
    };
    Ok(vec![
        ProcessingElement { name: "SpikeSim", clocks: SPIKESIM_CLOCKS, bound: None },
        ours("ours, one hold a column", SETTLE + columns, 1)?,
        ours("ours, two holds a column", SETTLE.max(columns), 2)?,
    ])
}
