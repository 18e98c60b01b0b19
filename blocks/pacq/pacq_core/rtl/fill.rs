//! What comes from memory, into the buffers.

use super::fetch::Operand;
use crate::pacq::pacq_core::params::Params;
use hdl::{Child, Module, Ram, Reg, Signal, Stream, index_width};
use parts::axi::MatrixBeat;

/// The operands on the chip.
pub struct Buffers<'m> {
    /// A panel of A, by row and beat.
    pub a: Ram<'m>,
    /// Two strips of words of B, by strip, column and beat along k. Word k of column c is in bank (c + k) modulo the banks: so a beat
    /// of a row, and a beat of a column, have each word in a bank of its own.
    pub b: Vec<Ram<'m>>,
    /// Their scales, by strip, group and column.
    pub scales: Ram<'m>,
    /// Their zero points, likewise.
    pub zeros: Ram<'m>,
}

impl<'m> Buffers<'m> {
    /// Without contents.
    pub fn new(m: &'m Module, params: &Params) -> Buffers<'m> {
        let shape = params.tile.shape();
        let beats = params.max_k / shape.terms;
        let strips = 2 * params.columns;
        let bank = |number| m.memory(&format!("words{number}"), 16, (strips * beats).into());
        let of_groups =
            |name, bits| m.memory(name, shape.scales() * bits, (strips * params.max_groups()).into());
        Buffers {
            a: m.memory("panel", params.bus_bits(), (params.rows * beats).into()),
            b: (0..shape.terms).map(bank).collect(),
            scales: of_groups("scales", 16),
            zeros: of_groups("zeros", shape.weight_bits),
        }
    }
}

/// What the rest hears.
pub struct Filled<'m> {
    /// The last beat of an operand is taken.
    pub ends: Signal<'m>,
    /// It came with an error.
    pub fails: Signal<'m>,
    /// As in the news.
    pub panel_comes: Signal<'m>,
    /// As in the news.
    pub strip_comes: Signal<'m>,
    /// A beat of A is taken.
    pub a_beats: Signal<'m>,
    /// A beat of B is.
    pub b_beats: Signal<'m>,
    /// A beat of scales or zero points is.
    pub scale_beats: Signal<'m>,
}

/// Whose data comes.
struct Is<'m> {
    a: Signal<'m>,
    b: Signal<'m>,
    scales: Signal<'m>,
    zeros: Signal<'m>,
}

/// Where the data of this cycle belongs in its matrix.
struct Place<'m> {
    /// The row.
    row: Signal<'m>,
    /// In the row: the beat of A or B, or the scale or zero point.
    index: Signal<'m>,
    half: Signal<'m>,
}

/// Takes the data of the DMA: A and B a beat in a cycle, scales and zero points one by one.
pub fn fill<'m>(
    m: &'m Module,
    params: &Params,
    dma: Child<'m>,
    buffers: &Buffers<'m>,
    operand: Signal<'m>,
    half: Signal<'m>,
) -> Filled<'m> {
    let input = dma.output_stream("out", &params.port().matrix_beat());
    let [a, b, scales, zeros] =
        [Operand::A, Operand::B, Operand::Scales, Operand::Zeros].map(|of| operand.eq(m.code(of)));
    let is = Is { a, b, scales, zeros };
    let items = Items::new(m, params, &input, &is);
    let MatrixBeat { row_last, last, error, .. } = input.payload;
    let takes = (input.valid() & (is.a | is.b | items.are_here)).named("takes");
    let ends_row = (input.fires() & row_last).named("ends_row");
    let ends = (input.fires() & last).named("ends");
    let count = |name: &str, width: u32, counts: Signal<'m>, restarts: Signal<'m>| {
        let count = m.reg(name, width).reset_to(0).enable(counts);
        count.set((count.value() + 1).gated(!restarts));
        count.value()
    };
    let (row_bits, index_bits) = widths(params);
    let place = Place {
        row: count("row", row_bits, ends_row, ends),
        index: count("index", index_bits, takes, ends_row),
        half,
    };
    let fires = input.fires();
    fill_a(m, params, buffers, &input, &place, fires & is.a);
    fill_b(m, params, buffers, &input, &place, fires & is.b);
    fill_groups(m, params, buffers, &items, &place, [takes & is.scales, takes & is.zeros]);
    Filled {
        ends,
        fails: ends & error,
        panel_comes: ends & is.a,
        strip_comes: ends & is.zeros,
        a_beats: fires & is.a,
        b_beats: fires & is.b,
        scale_beats: fires & (is.scales | is.zeros),
    }
}

/// Bits of the number of a row, and of an index in it.
fn widths(params: &Params) -> (u32, u32) {
    let shape = params.tile.shape();
    let beats = (params.max_k / shape.terms).max(params.columns / shape.terms);
    let most = beats.max(params.columns * shape.scales());
    (index_width(params.max_k.max(params.rows).into()), index_width(most.into()))
}

/// A beat of scales or zero points, one by one.
struct Items<'m> {
    /// One is here.
    are_here: Signal<'m>,
    /// A scale.
    scale: Signal<'m>,
    /// A byte.
    byte: Signal<'m>,
}

impl<'m> Items<'m> {
    /// Takes a beat when its last item is used.
    fn new(
        m: &'m Module,
        params: &Params,
        input: &Stream<'m, MatrixBeat<Signal<'m>>>,
        is: &Is<'m>,
    ) -> Items<'m> {
        let MatrixBeat { data, keep, .. } = input.payload;
        let lanes = index_width(params.bytes().into());
        let position: Reg = m.reg("position", lanes).reset_to(0);
        let is_item = (is.scales | is.zeros).named("is_item");
        let step = is.zeros.mux(m.lit(1, lanes), 2);
        let next = position.value().add_wide(step).named("next_position");
        let ends = !keep.bit_at(next);
        let are_here = input.valid() & is_item;
        position.enable(are_here).set(next.low(lanes).gated(!ends));
        input.set_ready(!is_item | ends);
        let scale = m.select(position.value().high(lanes - 1), &data.split_lsb(16)).named("scale");
        let byte = position.value().bit(0).mux(scale.high(8), scale.low(8));
        Items { are_here, scale, byte }
    }
}

fn fill_a<'m>(
    m: &'m Module,
    params: &Params,
    buffers: &Buffers<'m>,
    input: &Stream<'m, MatrixBeat<Signal<'m>>>,
    place: &Place<'m>,
    takes: Signal<'m>,
) {
    let rows = place.row.low(params.rows.ilog2());
    let beats = place.index.low((params.max_k / params.tile.terms).ilog2());
    buffers.a.write(takes, m.concat(&[rows, beats]), input.payload.data);
}

/// Row k of a strip: word c goes to bank (c + k) modulo the banks.
fn fill_b<'m>(
    m: &'m Module,
    params: &Params,
    buffers: &Buffers<'m>,
    input: &Stream<'m, MatrixBeat<Signal<'m>>>,
    place: &Place<'m>,
    takes: Signal<'m>,
) {
    let banks = params.tile.terms;
    let bank_bits = banks.ilog2();
    let column_bits = params.columns.ilog2();
    let turn = place.row.low(bank_bits);
    let along_k = place.row.slice(params.max_k.ilog2() - 1, bank_bits);
    let words = input.payload.data.rotate_left(m.concat(&[turn, m.zero(4)])).split_lsb(16);
    let is_word: Vec<Signal> = input.payload.keep.split_lsb(2).into_iter().map(|word| word.bit(0)).collect();
    let is_word = m.concat_lsb(&is_word).rotate_left(turn).split_lsb(1);
    for (number, bank) in buffers.b.iter().enumerate() {
        let word = m.lit(number as u128, bank_bits) - turn;
        let column = match column_bits > bank_bits {
            true => m.concat(&[place.index.low(column_bits - bank_bits), word]),
            false => word.low(column_bits),
        };
        bank.write(takes & is_word[number], m.concat(&[place.half, column, along_k]), words[number]);
    }
}

fn fill_groups<'m>(
    m: &'m Module,
    params: &Params,
    buffers: &Buffers<'m>,
    items: &Items<'m>,
    place: &Place<'m>,
    [takes_scale, takes_zero]: [Signal<'m>; 2],
) {
    let shape = params.tile.shape();
    let (of_word, lanes) = (shape.scales().ilog2(), shape.scales());
    let column = place.index.slice(of_word + params.columns.ilog2() - 1, of_word);
    let address = m.concat(&[place.half, place.row.low(params.max_groups().ilog2()), column]);
    let lane = match of_word {
        0 => m.ones(1),
        bits => m.lit(1, lanes) << place.index.low(bits),
    };
    buffers.scales.write_masked(takes_scale, lane, address, items.scale.repeat(lanes));
    let code = items.byte.low(shape.weight_bits);
    buffers.zeros.write_masked(takes_zero, lane, address, code.repeat(lanes));
}
