//! Batches against the meaning of the language and against the interpreter.

mod clocking;
mod memories;
mod operators;
mod ports;
mod properties;
mod random_designs;
mod stimulus;
mod support;
mod waves;
