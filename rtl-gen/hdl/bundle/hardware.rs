//! Hardware for whole bundles.

use super::{Bundle, Place, Shaped, Signals, field};
use crate::diagnostic::Source;
use crate::field::Field;
use crate::interface::listed;
use crate::module::Module;
use crate::register::Reg;
use crate::signal::{Signal, counted_bits};
use crate::wire::Wire;
use std::panic::Location;

impl Module {
    /// An input port for each member, named after it.
    #[track_caller]
    pub fn inputs<'m, B: Bundle<Leaf: Shaped>>(&'m self, declared: &B) -> B::With<Signal<'m>> {
        let source = Location::caller();
        declared.map_members(&Place::default(), &mut |place, leaf| {
            let Field { name, width, meaning } = field(place, &leaf.shape());
            self.input_at(&name, width, &meaning, source)
        })
    }

    /// An output port for each member, named after it, with its value.
    #[track_caller]
    pub fn outputs<'m, B: Bundle<Leaf: Shaped>>(&'m self, declared: &B, values: B::With<Signal<'m>>) {
        let source = Location::caller();
        let Some(pairs) = declared.zip(&values) else {
            return self.unlike("the declaration and the values of output ports", declared, &values, source);
        };
        pairs.map_members(&Place::default(), &mut |place, (leaf, value)| {
            let Field { name, width, meaning } = field(place, &leaf.shape());
            if !value.fits(width) {
                let message = format!(
                    "output port `{name}` is declared with {}: it cannot be {value}",
                    counted_bits(width)
                );
                self.error(source, message, vec![]);
            }
            self.output_at(&name, *value, &meaning, source);
        });
    }

    /// A register for each member, `<name>_<member>`.
    #[track_caller]
    pub fn regs<'m, B: Bundle<Leaf: Shaped>>(&'m self, name: &str, like: &B) -> B::With<Reg<'m>> {
        let source = Location::caller();
        like.map_members(&Place::named(name), &mut |place, leaf| {
            self.reg_at(place.name(), leaf.shape().width(), source)
        })
    }

    /// A register for each member, `<name>_<member>`, that loads it while `enable` is 1.
    #[track_caller]
    pub fn hold<'m, B: Signals<'m>>(&'m self, name: &str, next: &B, enable: Signal<'m>) -> B {
        let source = Location::caller();
        if !self.check_one_bit(format_args!("the enable of registers `{name}`"), enable, source) {
            return next.map(|next| self.stand_in(next.width(), source));
        }
        next.map_members(&Place::named(name), &mut |place, next| {
            let register = self.reg_at(place.name(), next.width(), source).enable_at(enable, source);
            register.set_at(*next, source);
            register.value()
        })
    }

    /// A wire for each member, `<name>_<member>`.
    #[track_caller]
    pub fn wires<'m, B: Bundle<Leaf: Shaped>>(&'m self, name: &str, like: &B) -> B::With<Wire<'m>> {
        let source = Location::caller();
        like.map_members(&Place::named(name), &mut |place, leaf| {
            self.open_wire("wire", &self.scoped(place.name()), leaf.shape().width(), source)
        })
    }

    /// All members concatenated into one word, the first in the lowest bits.
    #[track_caller]
    pub fn pack<'m>(&'m self, bundle: &impl Signals<'m>) -> Signal<'m> {
        let members: Vec<Signal> = bundle.members().into_iter().map(|(_, signal)| signal).collect();
        self.concat_lsb(&members)
    }

    /// The members of a word, the first in its lowest bits: the inverse of [`Module::pack`].
    #[track_caller]
    pub fn unpack<'m, B: Bundle<Leaf: Shaped>>(&'m self, like: &B, word: Signal<'m>) -> B::With<Signal<'m>> {
        let source = Location::caller();
        let total = like.packed_width();
        if !word.fits(total) {
            let message = format!("a bundle of {} cannot be unpacked from {word}", counted_bits(total));
            let members = like.fields().into_iter();
            let members = members.map(|field| format!("`{}` ({})", field.name, counted_bits(field.width)));
            let note = format!("its members are {}", members.collect::<Vec<_>>().join(", "));
            self.error(source, message, vec![note]);
            return like.map(|leaf| self.stand_in(leaf.shape().width(), source));
        }
        let mut low = 0;
        like.map(|leaf| {
            low += leaf.shape().width();
            word.slice(low - 1, low - leaf.shape().width())
        })
    }
}

impl<'m> Signal<'m> {
    /// A multiplexer for each member: `self` = 1 selects `on_true`.
    #[track_caller]
    pub fn mux_all<B: Signals<'m>>(self, on_true: &B, on_false: &B) -> B {
        let (m, source) = (self.module(), Location::caller());
        let stand_in = || on_true.map(|signal| m.stand_in(signal.width(), source));
        if !m.check_one_bit("the select of a multiplexer", self, source) {
            return stand_in();
        }
        match on_true.zip(on_false) {
            Some(pairs) => pairs.map(|(on_true, on_false)| self.mux_at(*on_true, *on_false, source)),
            None => {
                m.unlike("the two sides of a multiplexer", on_true, on_false, source);
                stand_in()
            }
        }
    }
}

impl Module {
    /// Reports two bundles of one type whose members differ.
    pub(crate) fn unlike(&self, what: &str, one: &impl Bundle, other: &impl Bundle, source: Source) {
        let (one, other) = (one.names(), other.names());
        let lacks = |these: &[String], those: &[String]| {
            let missing: Vec<&String> = those.iter().filter(|name| !these.contains(name)).collect();
            listed(missing.into_iter())
        };
        let notes = [("the second lacks", lacks(&other, &one)), ("the first lacks", lacks(&one, &other))];
        let notes = notes.into_iter().filter(|(_, names)| !names.is_empty());
        let notes = notes.map(|(side, names)| format!("{side} {names}")).collect();
        self.error(source, format!("{what} do not have the same members"), notes);
    }
}
