//! Batches, compared with the language's own evaluator and with the interpreter.

mod operators;
mod ports;
mod random_designs;
mod stimulus;
mod support;
mod waves;
