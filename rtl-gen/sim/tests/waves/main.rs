//! Waveforms, compared with the simulated values.

mod files;
mod support;
mod text;
