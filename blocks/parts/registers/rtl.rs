//! Registers in hardware.
//!
//! ```text
//! aw, w --> [address], [data] --> fields --> [response] --> b
//! ar ---------------------------> fields --> [data] ------> r
//! ```
//!
//! As AXI requires, no combinational path leads from an input of the port to an output: a register is written, or read,
//! every other cycle.

use super::{Access, FieldRef, RegisterMap, Response, WIDTH};
use crate::storage::held::held;
use crate::stream::Channel;
use crate::stream::slot::Slot;
use hdl::{Bundle, Encoded, Module, Signal, Stream, Wire};

const WRITE_ADDRESS: &str = "s_axi_aw";
const WRITE: &str = "s_axi_w";
const WRITE_RESPONSE: &str = "s_axi_b";
const READ_ADDRESS: &str = "s_axi_ar";
const READ: &str = "s_axi_r";

/// The channels of an AXI4-Lite port.
pub struct Port {
    /// Write address, write data, read address.
    pub inputs: [Channel; 3],
    /// Write response, read data.
    pub outputs: [Channel; 2],
}

/// A write or read address.
#[derive(Clone, Copy, Bundle)]
struct Address<T> {
    /// Byte address of a register, any of its four bytes.
    addr: T,
    /// Ignored.
    prot: T,
}

/// Data of a write.
#[derive(Clone, Copy, Bundle)]
struct WriteData<T> {
    /// What is written.
    data: T,
    /// The bytes that are written.
    strb: T,
}

const WRITE_DATA: WriteData<u32> = WriteData { data: WIDTH, strb: WIDTH / 8 };

/// The response to a write.
#[derive(Clone, Copy, Bundle)]
struct WriteResponse<T> {
    /// 0: done; 2: refused.
    resp: T,
}

const RESPONSE: WriteResponse<u32> = WriteResponse { resp: Response::WIDTH };

/// Data of a read, with its response.
#[derive(Clone, Copy, Bundle)]
struct ReadData<T> {
    /// The register.
    data: T,
    /// 0: done; 2: refused.
    resp: T,
}

const READ_DATA: ReadData<u32> = ReadData { data: WIDTH, resp: Response::WIDTH };

/// What is kept of a write's address.
#[derive(Clone, Copy, Bundle)]
struct Place<T> {
    addr: T,
}

impl RegisterMap {
    /// The port of the registers, `s_axi`.
    pub fn port(&self) -> Port {
        let address = self.address_widths();
        Port {
            inputs: [
                Channel::new(WRITE_ADDRESS, &address),
                Channel::new(WRITE, &WRITE_DATA),
                Channel::new(READ_ADDRESS, &address),
            ],
            outputs: [Channel::new(WRITE_RESPONSE, &RESPONSE), Channel::new(READ, &READ_DATA)],
        }
    }

    fn address_widths(&self) -> Address<u32> {
        Address { addr: self.address_bits(), prot: 3 }
    }
}

/// A write whose address and data have arrived.
struct Write<'m> {
    /// Number of the register.
    index: Signal<'m>,
    data: Signal<'m>,
    /// The bits of the bytes that are written.
    mask: Signal<'m>,
    /// The write is done in this cycle, whether it is refused or not.
    happens: Signal<'m>,
    /// The write is done in this cycle, and is not refused.
    is_accepted: Wire<'m>,
}

/// The registers of a map, with an AXI4-Lite port.
pub struct AxiLite<'m, 'r> {
    m: &'m Module,
    map: &'r RegisterMap,
    write: Write<'m>,
    /// The write is refused, as its response will say.
    is_refused: Wire<'m>,
    /// What fields read as; a pulse reads as 0.
    values: Vec<(FieldRef, Signal<'m>)>,
    refusals: Vec<Signal<'m>>,
    /// The addresses of reads, and what a forwarded register holds, where there are such registers.
    forwarded: Option<(Stream<'m, Address<Signal<'m>>>, Signal<'m>)>,
}

/// The access of this cycle to the registers that another module keeps: it writes one, or reads one.
pub struct Forwarded<'m> {
    /// Which one it is, 0 for the first of them; anything if it is another register.
    pub index: Signal<'m>,
    /// It is written, all bits by `data`; the write may still be refused.
    pub writes: Signal<'m>,
    /// What it gets: the bytes that are written, and what `holds` says of the others.
    pub data: Signal<'m>,
}

impl<'m, 'r> AxiLite<'m, 'r> {
    /// The port, with a register for each field that software writes.
    pub fn new(m: &'m Module, map: &'r RegisterMap) -> AxiLite<'m, 'r> {
        let is_refused = m.wire("write_is_refused", 1);
        let write = Write::new(m, map, is_refused.value());
        let mut port =
            AxiLite { m, map, write, is_refused, values: vec![], refusals: vec![], forwarded: None };
        for (field, def) in map.fields() {
            match def.access {
                Access::ReadWrite => port.keep(field),
                Access::Constant(value) => port.show(field, m.lit(value.into(), def.width)),
                Access::ReadOnly | Access::Pulse | Access::WriteOneToClear | Access::Forwarded => {}
            }
        }
        port
    }

    /// A register that software writes.
    fn keep(&mut self, field: FieldRef) {
        let def = self.map.get(field);
        let register = self.m.reg(&self.map.full_name(field), def.width).reset_to(0);
        register.enable(self.write.is_accepted.value() & self.is_at(field));
        let mask = def.part(self.write.mask);
        register.set((register.value() & !mask) | (def.part(self.write.data) & mask));
        self.show(field, register.value());
    }

    /// What software has written to a field. Panics where it does not write it.
    pub fn value(&self, field: FieldRef) -> Signal<'m> {
        self.values.iter().find(|(other, _)| *other == field).expect("software writes the field").1
    }

    /// A write in this cycle goes to the register of the field; it may still be refused.
    pub fn writes(&self, field: FieldRef) -> Signal<'m> {
        self.write.happens & self.is_at(field)
    }

    /// A write in this cycle sets a bit of the field; it may still be refused.
    pub fn asks(&self, field: FieldRef) -> Signal<'m> {
        self.write.happens & self.ones(field).any()
    }

    /// A write in this cycle sets a bit of the field, and is not refused.
    pub fn sets(&self, field: FieldRef) -> Signal<'m> {
        self.write.is_accepted.value() & self.ones(field).any()
    }

    /// What a field reads as that the block writes.
    pub fn show(&mut self, field: FieldRef, value: Signal<'m>) {
        self.values.push((field, value));
    }

    /// Sets a field where `event` is 1; it stays until software clears it.
    pub fn note(&mut self, field: FieldRef, event: Signal<'m>) {
        let register = self.m.reg(&self.map.full_name(field), event.width()).reset_to(0);
        let cleared = self.ones(field).gated(self.write.is_accepted.value());
        register.set((register.value() & !cleared) | event);
        self.show(field, register.value());
    }

    /// Forwards accesses to the registers that another module keeps. `holds`: what the one of the access holds, which must not
    /// depend on `writes` or `data`.
    pub fn forward(&mut self, holds: Signal<'m>) -> Forwarded<'m> {
        let (m, map, write) = (self.m, self.map, &self.write);
        let first = map.first_forwarded() as u64;
        let address = m.input_stream(READ_ADDRESS, &map.address_widths());
        let read = address.payload.addr.high(map.address_bits() - 2);
        let index = write.happens.mux(write.index, read) - first;
        let holds = holds.zext(WIDTH);
        self.forwarded = Some((address, holds));
        Forwarded {
            index: index.named("forwarded_index"),
            writes: (write.happens & write.index.ge(first) & map.has(m, write.index))
                .named("forwarded_writes"),
            data: (holds & !write.mask) | (write.data & write.mask),
        }
    }

    /// Refuses the write of this cycle where `when` is 1.
    pub fn refuse(&mut self, when: Signal<'m>) {
        self.refusals.push(when);
    }

    /// Closes the port: answers writes, and reads.
    pub fn finish(self) {
        let (m, map, write) = (self.m, self.map, &self.write);
        let mut refusals = self.refusals.clone();
        refusals.push(!map.has(m, write.index));
        let written = write.data & write.mask;
        for (index, register) in map.registers.iter().enumerate().filter(|(_, of)| of.reserved() != 0) {
            let reserved = written & m.lit(register.reserved().into(), WIDTH);
            refusals.push(write.index.eq(index as u64) & reserved.any());
        }
        self.is_refused.drive(m.concat_lsb(&refusals).any());
        self.read();
    }

    fn read(&self) {
        let (m, map) = (self.m, self.map);
        let first = map.first_forwarded();
        let (address, forwarded) = match &self.forwarded {
            None => (m.input_stream(READ_ADDRESS, &map.address_widths()), None),
            Some((address, holds)) => (address.clone(), Some(*holds)),
        };
        let output = m.output_stream(READ, &READ_DATA);
        address.payload.prot.unused();
        let is_given = m.reg("read_valid", 1).reset_to(0);
        let can_read = match forwarded {
            None => !is_given.value(),
            // The address of a write is in the place of that of a read.
            Some(_) => !is_given.value() & !self.write.happens,
        };
        address.set_ready(can_read);
        let reads = address.fires();
        is_given.enable(reads | output.ready()).set(reads);
        output.set_valid(is_given.value());
        let index = address.payload.addr.high(map.address_bits() - 2);
        let case = |index_of: usize| (index.eq(index_of as u64), self.word(index_of));
        let elsewhere = forwarded.map(|holds| (index.ge(first as u64) & map.has(m, index), holds));
        let cases: Vec<(Signal, Signal)> = (0..first).map(case).chain(elsewhere).collect();
        output.set_payload(ReadData {
            data: held(m, "read_data", m.one_hot(&cases), reads),
            resp: held(m, "read_response", response(m, !map.has(m, index)), reads),
        });
    }

    /// What a register reads as.
    fn word(&self, register: usize) -> Signal<'m> {
        let m = self.m;
        let mut parts = vec![];
        for (field, def) in self.map.fields().filter(|(field, _)| field.register == register) {
            let value = match def.access {
                Access::Pulse => m.lit(0, def.width),
                Access::ReadWrite
                | Access::ReadOnly
                | Access::Constant(_)
                | Access::WriteOneToClear
                | Access::Forwarded => self.value(field),
            };
            parts.push(value);
        }
        m.concat_lsb(&parts).zext(WIDTH)
    }

    fn is_at(&self, field: FieldRef) -> Signal<'m> {
        self.write.index.eq(field.register as u64)
    }

    /// The 1 bits that the write has for a field.
    fn ones(&self, field: FieldRef) -> Signal<'m> {
        let def = self.map.get(field);
        (def.part(self.write.data) & def.part(self.write.mask)).gated(self.is_at(field))
    }
}

impl<'m> Write<'m> {
    fn new(m: &'m Module, map: &RegisterMap, is_refused: Signal<'m>) -> Write<'m> {
        let address = m.input_stream(WRITE_ADDRESS, &map.address_widths());
        let data = m.input_stream(WRITE, &WRITE_DATA);
        let answer = m.output_stream(WRITE_RESPONSE, &RESPONSE);
        address.payload.prot.unused();
        let happens = m.wire("writes", 1);
        let place = Place { addr: address.payload.addr };
        let address = Slot::new(m, "write", &address, &place, happens.value());
        let data = Slot::new(m, "write_word", &data, &data.payload, happens.value());
        let is_given = m.reg("write_response_valid", 1).reset_to(0);
        happens.drive(address.is_full & data.is_full & !is_given.value());
        is_given.enable(happens.value() | answer.ready()).set(happens.value());
        answer.set_valid(is_given.value());
        let resp = held(m, "write_response", response(m, is_refused), happens.value());
        answer.set_payload(WriteResponse { resp });
        let strobes = data.beat.strb.split_lsb(1).into_iter().map(|strobe| strobe.repeat(8));
        let is_accepted = m.wire("write_is_accepted", 1);
        is_accepted.drive(happens.value() & !is_refused);
        Write {
            index: address.beat.addr.high(map.address_bits() - 2).named("write_index"),
            data: data.beat.data,
            mask: m.concat_lsb(&strobes.collect::<Vec<_>>()).named("write_mask"),
            happens: happens.value(),
            is_accepted,
        }
    }
}

impl RegisterMap {
    /// Whether there is a register of a number.
    fn has<'m>(&self, m: &'m Module, index: Signal<'m>) -> Signal<'m> {
        let count = self.registers.len() as u64;
        if count >> index.width() == 1 { m.ones(1) } else { index.lt(count) }
    }

    /// The name of a field's register in the hardware.
    fn full_name(&self, field: FieldRef) -> String {
        format!("{}_{}", self.registers[field.register].name.to_lowercase(), self.get(field).name)
    }
}

impl super::RegisterField {
    /// Its part of a word.
    fn part<'m>(&self, word: Signal<'m>) -> Signal<'m> {
        word.slice(self.low + self.width - 1, self.low)
    }
}

fn response<'m>(m: &'m Module, is_refused: Signal<'m>) -> Signal<'m> {
    is_refused.mux(m.code(Response::SlaveError), m.code(Response::Okay))
}
