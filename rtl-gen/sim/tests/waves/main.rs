//! Waveforms, against what was simulated.

mod files;
mod support;
mod text;
