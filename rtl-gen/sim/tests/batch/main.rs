//! Batches against the meaning of the language and against the interpreter.

mod operators;
mod ports;
mod random_designs;
mod stimulus;
mod support;
mod waves;
