//! The built-in simulator against the meaning of the language.

mod black_boxes;
mod clocking;
mod hierarchy;
mod memories;
mod operators;
mod properties;
mod random_designs;
mod support;
