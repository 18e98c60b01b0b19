//! The built-in simulator, compared with the definition of the language.

mod black_boxes;
mod clocking;
mod hierarchy;
mod memories;
mod operators;
mod properties;
mod random_designs;
mod support;
