//! What a declaration says about a member.

use crate::register::Reg;
use crate::signal::Signal;
use crate::wire::Wire;

/// The width of a member and, if its documentation cannot say it, what it carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    width: u32,
    meaning: Option<String>,
}

impl Shape {
    /// A width in bits.
    pub fn bits(width: u32) -> Shape {
        Shape { width, meaning: None }
    }

    /// With a meaning that depends on the design's parameters and replaces the documentation.
    pub fn meaning_of(self, meaning: impl Into<String>) -> Shape {
        Shape { meaning: Some(meaning.into()), ..self }
    }

    /// Width in bits.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// What it carries, if the member's documentation does not say it.
    pub fn meaning(&self) -> Option<&str> {
        self.meaning.as_deref()
    }
}

/// Anything with a width: a declaration, or hardware that serves as a model for more.
pub trait Shaped: Clone {
    /// The width, and the meaning if it is known here.
    fn shape(&self) -> Shape;
}

impl Shaped for Shape {
    fn shape(&self) -> Shape {
        self.clone()
    }
}

impl Shaped for u32 {
    fn shape(&self) -> Shape {
        Shape::bits(*self)
    }
}

impl Shaped for Signal<'_> {
    fn shape(&self) -> Shape {
        Shape::bits(self.width())
    }
}

impl Shaped for Reg<'_> {
    fn shape(&self) -> Shape {
        self.value().shape()
    }
}

impl Shaped for Wire<'_> {
    fn shape(&self) -> Shape {
        self.value().shape()
    }
}
