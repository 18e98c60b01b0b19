//! Ready/valid streams, the standard interface between blocks.

use crate::bundle::{Bundle, Place, Shaped, Signals};
use crate::diagnostic::Source;
use crate::field::Field;
use crate::handshake::Producer;
use crate::instance::Child;
use crate::interface::{Interface, Signature, member_port};
use crate::module::Module;
use crate::signal::Signal;
use std::panic::Location;

/// The shape of a stream with a payload: `valid` and the fields go forward, `ready` back.
///
/// A beat is transferred at a clock edge with `valid` and `ready` at 1. `valid` must not wait for `ready`, and the
/// payload is stable while `valid` is 1 and `ready` is 0.
pub fn stream_bundle(fields: &[Field]) -> Signature {
    let handshake = Signature::new().output("valid", 1, "the payload is valid; stays 1 until ready").input(
        "ready",
        1,
        "the payload is taken in this cycle if valid",
    );
    fields.iter().fold(handshake, |bundle, field| bundle.output(&field.name, field.width, &field.meaning))
}

/// What a stream carries: a bundle of widths, or a list of fields known only when the generator runs.
pub trait Payload {
    /// What a module sees of it: the same bundle of signals; nothing for a list, whose fields are looked up by name.
    type Signals<'m>;

    /// The fields in order.
    fn fields(&self) -> Vec<Field>;

    /// The signals of the fields in a module, from `read`, which knows them by name.
    fn signals<'m>(&self, read: &mut dyn FnMut(&str) -> Signal<'m>) -> Self::Signals<'m>;
}

impl<B: Bundle<Leaf: Shaped>> Payload for B {
    type Signals<'m> = B::With<Signal<'m>>;

    fn fields(&self) -> Vec<Field> {
        Bundle::fields(self)
    }

    fn signals<'m>(&self, read: &mut dyn FnMut(&str) -> Signal<'m>) -> B::With<Signal<'m>> {
        self.map_members(&Place::default(), &mut |place, _| read(place.name()))
    }
}

impl Payload for [Field] {
    type Signals<'m> = ();

    fn fields(&self) -> Vec<Field> {
        self.to_vec()
    }

    fn signals<'m>(&self, _read: &mut dyn FnMut(&str) -> Signal<'m>) {}
}

impl Payload for Vec<Field> {
    type Signals<'m> = ();

    fn fields(&self) -> Vec<Field> {
        self.clone()
    }

    fn signals<'m>(&self, _read: &mut dyn FnMut(&str) -> Signal<'m>) {}
}

impl<const N: usize> Payload for [Field; N] {
    type Signals<'m> = ();

    fn fields(&self) -> Vec<Field> {
        self.to_vec()
    }

    fn signals<'m>(&self, _read: &mut dyn FnMut(&str) -> Signal<'m>) {}
}

/// A stream in a module. `P` is its bundle of signals.
#[derive(Clone)]
pub struct Stream<'m, P = ()> {
    interface: Interface<'m>,
    /// The members of the payload, for reading.
    pub payload: P,
    /// Its number among the streams into instances.
    into_instance: Option<usize>,
}

impl Module {
    /// A stream into the module: ports `<name>_valid`, `<name>_ready` and `<name>_<field>`.
    #[track_caller]
    pub fn input_stream<P: Payload + ?Sized>(&self, name: &str, payload: &P) -> Stream<'_, P::Signals<'_>> {
        let signature = stream_bundle(&payload.fields()).flip();
        Stream::new(self.bundle_ports(name, &signature), payload, None)
    }

    /// A stream out of the module. `valid` must not depend on `ready` in the same cycle, which is an error; that
    /// `valid` and the payload are held until `ready` is asserted.
    #[track_caller]
    pub fn output_stream<P: Payload + ?Sized>(&self, name: &str, payload: &P) -> Stream<'_, P::Signals<'_>> {
        let fields = payload.fields();
        let stream = Stream::new(self.bundle_ports(name, &stream_bundle(&fields)), payload, None);
        let port = |member: &str| {
            let name = member_port(name, member);
            self.state().ports.iter().rposition(|def| def.port.name == name)
        };
        self.check_handshake(None, port, Location::caller());
        stream.assert_stable(self, name, &fields);
        stream
    }

    /// Registers a stream of which the module is the producer, so that its handshake is checked; returns its number.
    fn check_handshake(
        &self,
        instance: Option<usize>,
        port: impl Fn(&str) -> Option<usize>,
        source: Source,
    ) -> Option<usize> {
        let (valid, ready) = port("valid").zip(port("ready"))?;
        let producers = &mut self.state_mut().producers;
        producers.push(Producer { instance, valid, ready, is_in_step: false, source });
        Some(producers.len() - 1)
    }
}

impl<'m> Child<'m> {
    /// The stream into an instance: the parent is its producer. `valid` must not depend on `ready` in the same cycle,
    /// except with [`Stream::in_step`].
    #[track_caller]
    pub fn input_stream<P: Payload + ?Sized>(self, name: &str, payload: &P) -> Stream<'m, P::Signals<'m>> {
        let port = |member: &str| self.finished().port(&member_port(name, member));
        let number = self.parent().check_handshake(Some(self.index()), port, Location::caller());
        let interface = self.interface(name, &stream_bundle(&payload.fields()).flip());
        Stream::new(interface, payload, number)
    }

    /// The stream out of an instance: the parent is its consumer.
    #[track_caller]
    pub fn output_stream<P: Payload + ?Sized>(self, name: &str, payload: &P) -> Stream<'m, P::Signals<'m>> {
        Stream::new(self.interface(name, &stream_bundle(&payload.fields())), payload, None)
    }
}

impl<'m> Stream<'m> {
    /// A field of a payload given as a list.
    #[track_caller]
    pub fn field(&self, name: &str) -> Signal<'m> {
        self.interface.get(name)
    }

    /// Drives a field of a payload given as a list; for the producer.
    #[track_caller]
    pub fn set_field(&self, name: &str, value: Signal<'m>) {
        self.interface.set(name, value);
    }
}

impl<'m, P: Signals<'m>> Stream<'m, P> {
    /// Drives the payload; for the producer.
    #[track_caller]
    pub fn set_payload(&self, payload: P) {
        let (ours, given) = (self.payload.names(), payload.names());
        if ours != given {
            let what = format!("the payload of `{}` and what drives it", self.interface.name());
            self.interface.module().unlike(&what, &self.payload, &payload, Location::caller());
            return;
        }
        for (place, value) in payload.members() {
            self.interface.set(place.name(), value);
        }
    }
}

impl<'m, P> Stream<'m, P> {
    fn new<D: Payload<Signals<'m> = P> + ?Sized>(
        interface: Interface<'m>,
        declared: &D,
        into_instance: Option<usize>,
    ) -> Stream<'m, P> {
        let payload = declared.signals(&mut |name| interface.get(name));
        Stream { interface, payload, into_instance }
    }

    /// Marks a stream into an instance that takes its beats in step with others: `valid` waits until all of them are
    /// ready. That is safe if no instance waits for `valid` before it is ready.
    #[track_caller]
    pub fn in_step(self) -> Stream<'m, P> {
        let module = self.interface.module();
        match self.into_instance {
            Some(number) => module.state_mut().producers[number].is_in_step = true,
            None if self.valid().is_faulty() => {}
            None => {
                let message = format!(
                    "`in_step` marks a stream into an instance: `{}` is not one",
                    self.interface.name()
                );
                module.error(Location::caller(), message, vec![]);
            }
        }
        self
    }

    /// Connects producer and consumer, in either order.
    #[track_caller]
    pub fn connect(&self, other: &Stream<'m, P>) {
        self.interface.connect(&other.interface);
    }

    /// 1 while the payload is valid.
    #[track_caller]
    pub fn valid(&self) -> Signal<'m> {
        self.interface.get("valid")
    }

    /// 1 while the consumer takes the payload.
    #[track_caller]
    pub fn ready(&self) -> Signal<'m> {
        self.interface.get("ready")
    }

    /// 1 in a cycle in which a beat is transferred.
    #[track_caller]
    pub fn fires(&self) -> Signal<'m> {
        self.valid() & self.ready()
    }

    /// Drives `valid`; for the producer.
    #[track_caller]
    pub fn set_valid(&self, valid: Signal<'m>) {
        self.interface.set("valid", valid);
    }

    /// Drives `ready`; for the consumer.
    #[track_caller]
    pub fn set_ready(&self, ready: Signal<'m>) {
        self.interface.set("ready", ready);
    }

    /// The signals as a bundle, to connect.
    pub fn interface(&self) -> &Interface<'m> {
        &self.interface
    }

    /// Asserts the rule of streams: a beat that was offered but not taken is offered again, unchanged.
    #[track_caller]
    fn assert_stable(&self, module: &'m Module, name: &str, fields: &[Field]) {
        let stalled = module.reg(&format!("{name}_stalled"), 1).reset_to(0);
        stalled.set(self.valid() & !self.ready());
        module.assert(&format!("{name}_valid_held"), !stalled.value() | self.valid());
        for field in fields {
            let payload = self.interface.get(&field.name);
            let same = payload.delayed(&format!("{name}_{}_previous", field.name)).eq(payload);
            module.assert(&format!("{name}_{}_held", field.name), !stalled.value() | same);
        }
    }
}
