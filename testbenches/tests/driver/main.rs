//! The testbench itself: correct designs pass, each defect is found, and every simulator reports the same.

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
