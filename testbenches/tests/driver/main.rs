//! The testbench itself: right designs pass, each defect is found, and every simulator says the same.

mod adder;
mod blind;
mod channels;
mod found;
mod many;
mod mutation;
mod nothing;
mod simulators;
mod verification;
mod waveforms;
