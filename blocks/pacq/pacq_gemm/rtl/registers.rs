//! The registers of the block, and the waiting product.

use crate::pacq::pacq_gemm::params::Params;
use crate::pacq::pacq_gemm::registers::{Registers, SIZE_BITS};
use hdl::{Bundle, Module, Signal, bit_length};
use parts::registers::AxiLite;

/// The sizes of a product, as its loops need them.
#[derive(Clone, Copy, Bundle)]
pub struct Sizes<T> {
    /// Rows.
    pub m: T,
    /// Columns of words.
    pub words: T,
    /// Along k.
    pub k: T,
    /// Of a group along k.
    pub group: T,
}

/// The inputs of STATUS.
pub struct Status<'m> {
    /// A product is on its way.
    pub is_busy: Signal<'m>,
    /// The streams of A, of B and of scales are wrong in this cycle.
    pub is_wrong: [Signal<'m>; 3],
}

/// The waiting product.
pub struct Waiting<'m> {
    /// There is one.
    pub is_there: Signal<'m>,
    /// Its sizes.
    pub sizes: Sizes<Signal<'m>>,
}

/// The registers; `taken`: the waiting product begins.
pub fn build<'m>(
    m: &'m Module,
    params: &Params,
    registers: &Registers,
    taken: Signal<'m>,
    status: &Status<'m>,
) -> Waiting<'m> {
    let mut port = AxiLite::new(m, &registers.map);
    let has_job = m.reg("has_job", 1).reset_to(0);
    port.show(registers.busy, status.is_busy);
    port.show(registers.full, has_job.value());
    for (field, is_wrong) in registers.errors.iter().zip(status.is_wrong) {
        port.note(*field, is_wrong);
    }
    let (sizes, is_legal) = sizes(m, params, registers, &port);
    port.refuse(port.asks(registers.start) & (!is_legal | has_job.value()));
    let starts = port.sets(registers.start).named("starts");
    has_job.enable(starts | taken).set(starts);
    port.finish();
    Waiting { is_there: has_job.value(), sizes: m.hold("next_job", &sizes, starts) }
}

/// The product that the registers request, and whether it is legal.
fn sizes<'m>(
    m: &'m Module,
    params: &Params,
    registers: &Registers,
    port: &AxiLite<'m, '_>,
) -> (Sizes<Signal<'m>>, Signal<'m>) {
    let Registers { m: rows, n: columns, k, group, .. } = registers;
    let [rows, columns, k, group] = [rows, columns, k, group].map(|field| port.value(*field));
    let lanes = params.tile.shape().lanes();
    let wide = SIZE_BITS + 1;
    let words =
        (columns.zext(wide) + u64::from(lanes - 1)).slice(SIZE_BITS, bit_length(u128::from(lanes) - 1));
    let length = group.any().mux(group, k).named("group_length");
    let sizes = Sizes { m: rows, words: words.zext(SIZE_BITS).named("words"), k, group: length };
    let most = u64::from(params.tile.max_group);
    // If the limit has more bits than a size, every length is below it.
    let is_short = if most >> SIZE_BITS == 0 { length.le(most) } else { m.ones(1) };
    let is_legal = rows.any() & columns.any() & k.any() & !group.low(4).any() & is_short;
    (sizes, is_legal.named("is_legal"))
}
