//! The registers behind AXI4-Lite, and the product that waits. As AXI demands, no path leads from an input of the port to an
//! output: a register is written, or read, every other cycle.

use crate::common::rtl::held::held;
use crate::common::rtl::slot::Slot;
use crate::pacq::pacq_gemm::params::{
    ADDRESS_BITS, OKAY, Params, READ_ADDRESS, READ_DATA, SIZE_BITS, SLAVE_ERROR, WRITE_ADDRESS, WRITE_DATA,
    WRITE_RESPONSE, registers as addresses,
};
use hdl::{Module, Signal, bit_length};

/// The sizes of a product, as its loops need them.
#[derive(Clone, Copy)]
pub struct Sizes<'m> {
    /// Rows.
    pub m: Signal<'m>,
    /// Columns of words.
    pub words: Signal<'m>,
    /// Along k.
    pub k: Signal<'m>,
    /// Of a group along k.
    pub group: Signal<'m>,
}

impl<'m> Sizes<'m> {
    /// Registers that take the sizes where `takes` is 1.
    pub fn hold(self, m: &'m Module, takes: Signal<'m>) -> Sizes<'m> {
        m.scope("job", || Sizes {
            m: held(m, "m", self.m, takes),
            words: held(m, "words", self.words, takes),
            k: held(m, "k", self.k, takes),
            group: held(m, "group", self.group, takes),
        })
    }
}

/// What STATUS tells.
pub struct Status<'m> {
    /// A product is on its way.
    pub is_busy: Signal<'m>,
    /// The streams of A, B and scales are wrong in this cycle.
    pub is_wrong: Signal<'m>,
}

/// What the registers say.
pub struct Registers<'m> {
    /// A product waits.
    pub has_job: Signal<'m>,
    /// Its sizes.
    pub sizes: Sizes<'m>,
}

/// The registers; `taken`: the product that waits begins.
pub fn build<'m>(m: &'m Module, params: &Params, taken: Signal<'m>, status: &Status<'m>) -> Registers<'m> {
    let address = m.input_stream(WRITE_ADDRESS, &params.address());
    let data = m.input_stream(WRITE_DATA, &params.write_data());
    let response = m.output_stream(WRITE_RESPONSE, &params.write_response());
    address.field("prot").unused();
    data.field("strb").unused();
    let writes = m.wire("writes", 1);
    let has_job = m.reg("has_job", 1).reset_to(0);
    // While a product waits nothing is written: a second one would have no place.
    let takes = !has_job.value();
    let address = Slot::new(m, (&address, "addr"), "write_address", takes, writes.value());
    let data = Slot::new(m, (&data, "data"), "write_data", takes, writes.value());
    let (to, value) = (address.word, data.word);
    let is_at = |register: u32| to.eq(u64::from(register));
    let is_size = !value.high(32 - SIZE_BITS).any();
    let size = |name: &str, register: u32| {
        let register = m.reg(name, SIZE_BITS).reset_to(0).enable(writes.value() & is_at(register) & is_size);
        register.set(value.low(SIZE_BITS));
        register.value()
    };
    let own = [
        ("size_m", addresses::M),
        ("size_n", addresses::N),
        ("size_k", addresses::K),
        ("size_group", addresses::GROUP),
    ];
    let sizes = own.map(|(name, register)| size(name, register));
    let (job, is_legal) = job(m, params, sizes);

    let is_start = (is_at(addresses::START) & value.eq(1)).named("is_start");
    let is_given = m.reg("write_response_valid", 1).reset_to(0);
    writes.drive(address.is_full & data.is_full & !is_given.value());
    let starts = (writes.value() & is_start & is_legal).named("starts");
    has_job.enable(starts | taken).set(starts);
    let known =
        own.iter().map(|(_, register)| is_at(*register)).reduce(|a, b| a | b).expect("there are sizes");
    let is_status = is_at(addresses::STATUS);
    let is_done =
        (known & is_size) | (is_start & is_legal) | (is_at(addresses::START) & !value.any()) | is_status;
    // Errors stay until a 1 is written to their bits.
    let errors = m.reg("errors", 3).reset_to(0);
    let cleared = value.slice(3, 1).gated(writes.value() & is_status);
    errors.set((errors.value() & !cleared) | status.is_wrong);
    is_given.enable(writes.value() | response.ready()).set(writes.value());
    response.set_valid(is_given.value());
    response.set_field("resp", held(m, "write_response", answer(m, is_done), writes.value()));
    read(m, params, sizes, m.concat(&[errors.value(), status.is_busy]));
    Registers { has_job: has_job.value(), sizes: m.scope("next", || job.hold(m, starts)) }
}

fn answer<'m>(m: &'m Module, is_done: Signal<'m>) -> Signal<'m> {
    is_done.mux(m.lit(OKAY.into(), 2), m.lit(SLAVE_ERROR.into(), 2))
}

/// What the sizes ask for, and whether that can be.
fn job<'m>(m: &'m Module, params: &Params, sizes: [Signal<'m>; 4]) -> (Sizes<'m>, Signal<'m>) {
    let [rows, columns, k, group] = sizes;
    let lanes = params.tile.shape().lanes();
    let wide = SIZE_BITS + 1;
    let words =
        (columns.zext(wide) + u64::from(lanes - 1)).slice(SIZE_BITS, bit_length(u128::from(lanes) - 1));
    let length = group.any().mux(group, k).named("group_length");
    let job = Sizes { m: rows, words: words.zext(SIZE_BITS).named("words"), k, group: length };
    let most = u64::from(params.tile.max_group);
    // A length of more bits than a size has cannot be.
    let is_short = if most >> SIZE_BITS == 0 { length.le(most) } else { m.ones(1) };
    let is_legal = rows.any() & columns.any() & k.any() & !group.low(4).any() & is_short;
    (job, is_legal.named("is_legal"))
}

fn read<'m>(m: &'m Module, params: &Params, sizes: [Signal<'m>; 4], status: Signal<'m>) {
    let address = m.input_stream(READ_ADDRESS, &params.address());
    let output = m.output_stream(READ_DATA, &params.read_data());
    address.field("prot").unused();
    let is_given = m.reg("read_valid", 1).reset_to(0);
    address.set_ready(!is_given.value());
    let reads = address.fires();
    is_given.enable(reads | output.ready()).set(reads);
    output.set_valid(is_given.value());
    let [rows, columns, k, group] = sizes.map(|size| size.zext(32));
    let values = [
        (addresses::STATUS, status.zext(32)),
        (addresses::M, rows),
        (addresses::N, columns),
        (addresses::K, k),
        (addresses::GROUP, group),
        (addresses::INFO, m.lit(params.info().into(), 32)),
    ];
    let from = address.field("addr");
    let cases = values.map(|(register, value)| (from.eq(m.lit(register.into(), ADDRESS_BITS)), value));
    let is_known = cases.iter().map(|(is_at, _)| *is_at).reduce(|a, b| a | b).expect("there are registers");
    output.set_field("data", held(m, "read_data", m.one_hot(&cases), reads));
    output.set_field("resp", held(m, "read_response", answer(m, is_known), reads));
}
