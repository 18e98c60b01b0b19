//! The shape of an AXI4 port, and its channels.

use crate::stream::Channel;
use hdl::{Bundle, Child, Module, Payload, Signal, Stream, index_width};
use std::ops::RangeInclusive;
use std::panic::Location;

/// The longest burst of AXI4, in beats.
const LONGEST_BURST: u32 = 256;
/// The most bits that select a memory.
pub(super) const MOST_SELECT_BITS: u32 = 3;
/// No burst crosses a boundary of so many bytes.
pub(super) const BOUNDARY: u32 = 4096;

/// An error that names the number, its value and its range, where it is out of range.
pub(super) fn in_range(name: &str, value: u64, legal: RangeInclusive<u64>) -> Result<(), String> {
    match legal.contains(&value) {
        true => Ok(()),
        false => Err(format!("`{name}` must be {} to {}, and is {value}", legal.start(), legal.end())),
    }
}

/// The shape of a DMA's AXI4 port, and how much it keeps under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Axi4 {
    /// Bits of an address: 13 to 64, and not less than 13 besides `select_bits`.
    pub address_bits: u32,
    /// The highest bits of an address that select one of several memories: 0 to 3. Nothing is added to them: a matrix stays in
    /// its memory.
    pub select_bits: u32,
    /// Bits of a beat: 16 to 1024, a power of two.
    pub data_bits: u32,
    /// Beats of the longest burst: 2 to 256, a power of two, together at most 4 KiB.
    pub burst: u32,
    /// Bursts under way at once, each with an ID of its own: 2 to 64, a power of two.
    pub outstanding: u32,
    /// Bits of the counts of a command, bytes in a row, rows, and tiles: 4 to 32.
    pub count_bits: u32,
}

impl Axi4 {
    /// Which of the numbers is out of range, if one is.
    pub fn check(&self) -> Result<(), String> {
        let power = |name: &str, value: u32, low: u32, high: u32| match value.is_power_of_two() {
            true => in_range(name, value.into(), low.into()..=high.into()),
            false => Err(format!("`{name}` must be a power of two from {low} to {high}, and is {value}")),
        };
        in_range("select_bits", self.select_bits.into(), 0..=MOST_SELECT_BITS.into())?;
        in_range("address_bits", self.address_bits.into(), (13 + self.select_bits).into()..=64)?;
        power("data_bits", self.data_bits, 16, 1024)?;
        power("burst", self.burst, 2, LONGEST_BURST.min(BOUNDARY / self.bytes()))?;
        power("outstanding", self.outstanding, 2, 64)?;
        in_range("count_bits", self.count_bits.into(), 4..=32)
    }

    /// Panics, with the caller's line, where a number is out of range.
    #[track_caller]
    pub(super) fn checked(&self) -> &Axi4 {
        self.check().unwrap_or_else(|error| panic!("{}: {error}", Location::caller()));
        self
    }

    /// Bytes of a beat.
    pub fn bytes(&self) -> u32 {
        self.data_bits / 8
    }

    /// Bits of the number of a byte within a beat.
    pub(super) fn lane_bits(&self) -> u32 {
        index_width(self.bytes().into())
    }

    /// Bits of the address of a beat.
    pub(super) fn beat_address_bits(&self) -> u32 {
        self.address_bits - self.lane_bits()
    }

    /// Bits of the number of beats in a burst, less one.
    pub(super) fn burst_bits(&self) -> u32 {
        index_width(self.burst.into())
    }

    /// Bits of an ID.
    pub(super) fn id_bits(&self) -> u32 {
        index_width(self.outstanding.into())
    }

    /// The port of one of the memories that an address selects.
    pub fn selected(&self) -> Axi4 {
        Axi4 { address_bits: self.address_bits - self.select_bits, select_bits: 0, ..*self }
    }

    /// An address, or the upper bits of one, that has moved on in its memory.
    pub fn within<'m>(
        &self,
        address: Signal<'m>,
        moved: impl FnOnce(Signal<'m>) -> Signal<'m>,
    ) -> Signal<'m> {
        match self.select_bits {
            0 => moved(address),
            bits => {
                let rest = moved(address.low(address.width() - bits));
                address.module().concat(&[address.high(bits), rest])
            }
        }
    }

    /// What distinguishes modules of other shapes.
    pub(super) fn parts(&self) -> [String; 5] {
        let Axi4 { address_bits, select_bits, data_bits, burst, outstanding, count_bits } = self;
        let select = if *select_bits == 0 { String::new() } else { format!("s{select_bits}") };
        [
            format!("a{address_bits}{select}"),
            format!("d{data_bits}"),
            format!("b{burst}"),
            format!("o{outstanding}"),
            format!("c{count_bits}"),
        ]
    }

    pub(super) fn request(&self) -> Request<u32> {
        Request { beat: self.beat_address_bits(), len: self.burst_bits() }
    }

    /// The beat of an address channel that asks for a burst.
    pub(super) fn ask<'m>(
        &self,
        m: &'m Module,
        id: Signal<'m>,
        request: &Request<Signal<'m>>,
    ) -> AddressBeat<Signal<'m>> {
        AddressBeat {
            id,
            addr: m.concat(&[request.beat, m.zero(self.lane_bits())]),
            len: request.len.zext(8),
            size: m.lit(self.lane_bits().into(), 3),
            burst: m.lit(1, 2),
            cache: m.lit(3, 4),
            prot: m.zero(3),
        }
    }

    /// The widths of a beat of an address channel.
    pub fn address(&self) -> AddressBeat<u32> {
        AddressBeat {
            id: self.id_bits(),
            addr: self.address_bits,
            len: 8,
            size: 3,
            burst: 2,
            cache: 4,
            prot: 3,
        }
    }

    /// The widths of a beat of read data.
    pub fn read_data(&self) -> ReadBeat<u32> {
        ReadBeat { id: self.id_bits(), data: self.data_bits, resp: 2, last: 1 }
    }

    /// The widths of a beat of write data.
    pub fn write_data(&self) -> WriteBeat<u32> {
        WriteBeat { data: self.data_bits, strb: self.bytes(), last: 1 }
    }

    /// The widths of a response to writes.
    pub fn write_response(&self) -> ResponseBeat<u32> {
        ResponseBeat { id: self.id_bits(), resp: 2 }
    }

    /// The channels of a master's port into it.
    pub fn inputs(&self) -> [Channel; 2] {
        [Channel::new("m_axi_r", &self.read_data()), Channel::new("m_axi_b", &self.write_response())]
    }

    /// The channels of a master's port out of it.
    pub fn outputs(&self) -> [Channel; 3] {
        [
            Channel::new("m_axi_ar", &self.address()),
            Channel::new("m_axi_aw", &self.address()),
            Channel::new("m_axi_w", &self.write_data()),
        ]
    }

    /// Makes the channels of reads of an instance's port those of a port `name` of its module.
    pub fn connect_reads<'m>(&self, m: &'m Module, name: &str, child: PortOf<'m, '_>) {
        let (address, read) = (self.address(), self.read_data());
        m.output_stream(&format!("{name}_ar"), &address).connect(&child.output("ar", &address));
        child.input("r", &read).connect(&m.input_stream(&format!("{name}_r"), &read));
    }

    /// Makes the channels of writes of an instance's port those of a port `name` of its module.
    pub fn connect_writes<'m>(&self, m: &'m Module, name: &str, child: PortOf<'m, '_>) {
        let (address, data, response) = (self.address(), self.write_data(), self.write_response());
        m.output_stream(&format!("{name}_aw"), &address).connect(&child.output("aw", &address));
        m.output_stream(&format!("{name}_w"), &data).connect(&child.output("w", &data));
        child.input("b", &response).connect(&m.input_stream(&format!("{name}_b"), &response));
    }

    /// Connects the channels of reads of a master's port to those of a slave's.
    pub fn join_reads<'m>(&self, master: PortOf<'m, '_>, slave: PortOf<'m, '_>) {
        let (address, read) = (self.address(), self.read_data());
        slave.input("ar", &address).connect(&master.output("ar", &address));
        master.input("r", &read).connect(&slave.output("r", &read));
    }

    /// Connects the channels of writes of a master's port to those of a slave's.
    pub fn join_writes<'m>(&self, master: PortOf<'m, '_>, slave: PortOf<'m, '_>) {
        let (address, data, response) = (self.address(), self.write_data(), self.write_response());
        slave.input("aw", &address).connect(&master.output("aw", &address));
        slave.input("w", &data).connect(&master.output("w", &data));
        master.input("b", &response).connect(&slave.output("b", &response));
    }
}

/// A port of an instance, by its name: `m_axi` or `s_axi`, with a number if there are several.
#[derive(Clone, Copy)]
pub struct PortOf<'m, 'n>(pub Child<'m>, pub &'n str);

impl<'m> PortOf<'m, '_> {
    /// A channel into the instance.
    fn input<P: Payload>(&self, channel: &str, payload: &P) -> Stream<'m, P::Signals<'m>> {
        self.0.input_stream(&format!("{}_{channel}", self.1), payload)
    }

    /// A channel out of it.
    fn output<P: Payload>(&self, channel: &str, payload: &P) -> Stream<'m, P::Signals<'m>> {
        self.0.output_stream(&format!("{}_{channel}", self.1), payload)
    }
}

/// A burst that is asked for.
#[derive(Clone, Copy, Bundle)]
pub(super) struct Request<T> {
    /// The address of its first beat, without the bits of the lane.
    pub beat: T,
    /// Its beats, less one.
    pub len: T,
}

/// A beat of an address channel.
#[derive(Clone, Copy, Bundle)]
pub struct AddressBeat<T> {
    /// ID of the burst.
    pub id: T,
    /// Byte address of the first beat.
    pub addr: T,
    /// Beats, less one.
    pub len: T,
    /// Logarithm of the bytes of a beat.
    pub size: T,
    /// 1: incrementing.
    pub burst: T,
    /// 3: modifiable and bufferable.
    pub cache: T,
    /// 0: unprivileged, secure, data.
    pub prot: T,
}

/// A beat of the channel of read data.
#[derive(Clone, Copy, Bundle)]
pub struct ReadBeat<T> {
    /// ID of its burst.
    pub id: T,
    /// The data.
    pub data: T,
    /// 0: done; 2: an error of the memory; 3: nothing is at the address.
    pub resp: T,
    /// The last beat of its burst.
    pub last: T,
}

/// A beat of the channel of write data.
#[derive(Clone, Copy, Bundle)]
pub struct WriteBeat<T> {
    /// The data.
    pub data: T,
    /// The bytes that are written, one bit each.
    pub strb: T,
    /// The last beat of its burst.
    pub last: T,
}

/// The response to a burst of writes.
#[derive(Clone, Copy, Bundle)]
pub struct ResponseBeat<T> {
    /// ID of the burst.
    pub id: T,
    /// 0: done; 2: an error of the memory; 3: nothing is at the address.
    pub resp: T,
}
