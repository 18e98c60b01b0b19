//! Every engine does what the interpreter does, cycle by cycle, on random designs.

mod adaptive;
mod against_the_interpreter;
mod engine;
mod memories;
mod operators;
