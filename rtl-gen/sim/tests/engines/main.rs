//! Every engine agrees with the interpreter, cycle by cycle, on random designs.

mod adaptive;
mod against_the_interpreter;
mod engine;
mod memories;
mod operators;
