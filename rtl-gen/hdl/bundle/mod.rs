//! Bundles: structures of signals, declared once as a Rust struct.
//!
//! The struct is generic over the type of its members. With widths as members it is a shape, from which ports, streams
//! and registers are made; with signals as members it is hardware.

mod hardware;
mod place;
mod shape;

pub use place::Place;
pub use shape::{Shape, Shaped};

use crate::field::Field;
use crate::signal::Signal;

/// A structure whose members all have one type: `#[derive(Bundle)]` on a struct that is generic over it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a bundle",
    note = "a bundle is a struct with one type parameter and `#[derive(Bundle)]`; a single signal goes into one as a member"
)]
pub trait Bundle: Sized {
    /// The type of each member: a width, a signal, a register.
    type Leaf;

    /// The same structure with members of another type.
    type With<U>: Bundle<Leaf = U, With<Self::Leaf> = Self>;

    /// The same structure with `map` applied to each member; the names of the members begin with that of `at`.
    fn map_members<U>(&self, at: &Place, map: &mut dyn FnMut(&Place, &Self::Leaf) -> U) -> Self::With<U>;

    /// The same structure with `map` applied to each member.
    fn map<U>(&self, mut map: impl FnMut(&Self::Leaf) -> U) -> Self::With<U> {
        self.map_members(&Place::default(), &mut |_, leaf| map(leaf))
    }

    /// The members in order of declaration.
    fn members(&self) -> Vec<(Place, Self::Leaf)>
    where
        Self::Leaf: Clone,
    {
        let mut members = vec![];
        self.map_members(&Place::default(), &mut |place, leaf| members.push((place.clone(), leaf.clone())));
        members
    }

    /// The names of the members in order of declaration.
    fn names(&self) -> Vec<String> {
        let mut names = vec![];
        self.map_members(&Place::default(), &mut |place, _| names.push(place.name().into()));
        names
    }

    /// Each member paired with its counterpart in `other`. `None` if their members differ, as in arrays of different
    /// lengths.
    fn zip<U: Clone>(&self, other: &Self::With<U>) -> Option<Self::With<(Self::Leaf, U)>>
    where
        Self::Leaf: Clone,
    {
        let mut others = other.members().into_iter().map(|(_, leaf)| leaf);
        let pair = |leaf: &Self::Leaf| (leaf.clone(), others.next().expect("both have the same members"));
        (self.names() == other.names()).then(|| self.map(pair))
    }

    /// The fields of a stream or a channel with these members.
    fn fields(&self) -> Vec<Field>
    where
        Self::Leaf: Shaped,
    {
        let mut fields = vec![];
        self.map_members(&Place::default(), &mut |place, leaf| fields.push(field(place, &leaf.shape())));
        fields
    }

    /// Bits of all members together: of the word that [`pack`](crate::Module::pack) makes.
    fn packed_width(&self) -> u32
    where
        Self::Leaf: Shaped,
    {
        self.fields().iter().map(|field| field.width).sum()
    }
}

fn field(place: &Place, shape: &Shape) -> Field {
    Field::new(place.name(), shape.width(), shape.meaning().unwrap_or(place.meaning()))
}

/// A bundle of signals.
pub trait Signals<'m>: Bundle<Leaf = Signal<'m>, With<Signal<'m>> = Self> {}

impl<'m, B: Bundle<Leaf = Signal<'m>, With<Signal<'m>> = B>> Signals<'m> for B {}
