//! The scheme `meadow`: the table of chunks, and packets of their IDs.

use super::output::Group;
use super::{Shared, Unit};
use crate::meadow::weight_unpacker::params::{Params, WEIGHT_BITS, WORD_BITS};
use hdl::{Collision, Encoded, Module, Ram, Signal, bit_length, index_width};
use parts::arithmetic::lowest_one::lowest_one;
use parts::storage::held::held;

/// Most bits of an ID, and most modes.
const ID_BITS: u32 = 16;
const MODES: u32 = 16;

/// Bits of a mode, at most.
const MODE_BITS: u32 = MODES.ilog2();

/// Width of a number of chunks, up to 2^16.
const CHUNKS_BITS: u32 = 17;

/// Words of a block, to which a table is filled up.
const BLOCK_WORDS: u32 = 32;

#[derive(Clone, Copy, PartialEq, Encoded)]
enum State {
    /// Chunks come into the table.
    Chunks,
    /// The rest of the block is skipped.
    Skip,
    /// Packets come.
    Packets,
}

/// The table while it is filled.
struct Table<'m> {
    /// Each lane of chunks has a copy.
    copies: Vec<Ram<'m>>,
    takes: Signal<'m>,
    is_done: Signal<'m>,
    waits: Signal<'m>,
}

/// Packets, of which the first waits and the second one's IDs are used.
struct Packet<'m> {
    fills: Signal<'m>,
    waits: Signal<'m>,
    is_wrong: Signal<'m>,
    /// The next IDs, up to so many as there are left or are looked up at once.
    ids: Vec<Signal<'m>>,
    count: Signal<'m>,
    issues: Signal<'m>,
    is_last: Signal<'m>,
}

/// The unit.
pub fn unit<'m>(shared: &Shared<'_, 'm>) -> Unit<'m> {
    let Shared { module: m, params, words, in_table, .. } = *shared;
    let is_chosen = (shared.header.is_scheme(1) & shared.header.suits_packets(params)).named("is_meadow");
    let table = table(shared, is_chosen);
    let packet = packet(shared, is_chosen);
    let group = look_up(shared, &table.copies, &packet);
    let need = in_table.mux(words.number(1), words.number(words_at_once(params)));
    Unit {
        is_chosen,
        need,
        takes: need.gated(in_table.mux(table.takes, packet.fills)),
        waits: in_table.mux(table.waits, packet.waits),
        table_is_done: table.is_done,
        table_is_wrong: m.zero(1),
        payload_is_wrong: packet.is_wrong,
        issues: packet.issues,
        amount: packet.count,
        is_last: packet.is_last,
        group,
    }
}

/// Words of a packet that come in one cycle.
fn words_at_once(params: &Params) -> u32 {
    params.beat_words().min(params.packet_bits / WORD_BITS)
}

fn table<'m>(shared: &Shared<'_, 'm>, is_chosen: Signal<'m>) -> Table<'m> {
    let Shared { module: m, params, words, header, in_table, starts, .. } = *shared;
    let state = m.state_machine::<State>("chunks_state");
    let entry = m.reg("entry", CHUNKS_BITS);
    let half = m.reg("half_word", 1);
    let place = m.reg("place_in_block", BLOCK_WORDS.ilog2());
    let acts = in_table & is_chosen & words.has(words.number(1));
    let pairs = header.has_pairs();
    let word = words.front(1);
    let single = half.value().mux(word.high(WEIGHT_BITS), word.low(WEIGHT_BITS));
    let chunk = pairs.mux(word, single.zext(WORD_BITS));

    let loads = (acts & state.is(State::Chunks)).named("loads_chunk");
    let is_last = (entry.value() + 1).eq(header.unique()).named("is_last_chunk");
    let is_aligned = !place.value().any() & !half.value();
    let skips = acts & state.is(State::Skip) & !is_aligned;
    let takes = ((loads & (pairs | half.value())) | skips).named("takes_chunk");
    entry.enable(starts | loads).set((entry.value() + 1).gated(!starts));
    half.enable(starts | loads | skips).set(loads & !pairs & !half.value() & !starts);
    place.enable(starts | takes).set((place.value() + 1).gated(!starts));
    let is_done = (in_table & is_chosen & state.is(State::Skip) & is_aligned).named("chunks_are_done");
    state
        .switch()
        .case(State::Chunks, || {
            m.when(loads & is_last, || state.enter(State::Skip));
        })
        .case(State::Skip, || {
            m.when(is_done, || state.enter(State::Packets));
        })
        .case(State::Packets, || {});
    m.when(starts, || state.enter(State::Chunks));
    let waits = !(state.is(State::Skip) & is_aligned);
    state.finish();

    let address_bits = index_width(params.unique.into());
    let copy = |lane: u32| {
        let copy = m.memory(&format!("chunks{lane}"), WORD_BITS, params.unique.into());
        copy.write(loads, entry.value().low(address_bits), chunk);
        copy
    };
    Table { copies: (0..params.chunk_lanes()).map(copy).collect(), takes, is_done, waits }
}

fn packet<'m>(shared: &Shared<'_, 'm>, is_chosen: Signal<'m>) -> Packet<'m> {
    let Shared { module: m, params, words, header, in_run, starts, advance, left, .. } = *shared;
    let bits = params.packet_bits;
    let at_once = words_at_once(params);
    let acts = in_run & is_chosen;

    // The next packet.
    let next = m.reg("next_packet", bits);
    let is_there = m.reg("has_next_packet", 1);
    let fills = (acts & !is_there.value() & words.has(words.number(at_once))).named("fills_packet");
    let part = words.front(at_once);
    next.enable(fills).set(match part.width() == bits {
        true => part,
        false => m.concat(&[part, next.value().high(bits - part.width())]),
    });
    let parts = bits / part.width();
    let is_filled = match parts {
        1 => fills,
        parts => {
            let step = m.reg("packet_step", index_width(parts.into()));
            step.enable(starts | fills).set((step.value() + 1).gated(!starts));
            fills & step.value().all()
        }
    };

    // Its mode.
    let modes = header.modes();
    let is_mode_bit: Vec<Signal> = (0..MODE_BITS).map(|bit| modes.gt(1u64 << bit)).collect();
    let mode = (next.value().low(MODE_BITS) & m.concat_lsb(&is_mode_bit)).named("mode");
    let mode_bits = parts::arithmetic::count::population(&is_mode_bit).named("mode_bits");
    let widths: Vec<Signal> = (0..MODES).map(|mode| header.width(mode)).collect();
    let width_of_mode = m.select(mode, &widths).named("width_of_mode");

    // The packet whose IDs are used.
    let ids_bits = bit_length(bits.into());
    let ids_left = m.reg("ids_left", ids_bits);
    let width = m.reg("id_width", MODE_BITS);
    let packet = m.reg("packet", bits);
    let lanes = m.lit(params.chunk_lanes().into(), ids_bits);
    let issues = (acts & ids_left.value().any() & advance).named("issues_ids");
    let ends = ids_left.value().le(lanes).named("packet_ends");
    let most = ends.mux(ids_left.value(), lanes).low(params.weights_bits());
    let is_last = left.le(most.zext(left.width())).named("are_last_ids");
    let count = is_last.mux(left.low(params.weights_bits()), most);
    let is_complete = issues & is_last;
    let uses = acts & is_there.value() & !is_complete & (!ids_left.value().any() | (issues & ends));
    let uses = uses.named("uses_packet");
    is_there.enable(starts | is_filled | uses).set(is_filled & !starts);
    let shifted: Vec<Signal> =
        (1..=ID_BITS).map(|width| behind(packet.value(), width * params.chunk_lanes())).collect();
    let shifted = m.select(width.value(), &shifted);
    packet.enable(uses | issues).set(uses.mux(next.value() >> mode_bits, shifted));
    width.enable(uses).set(width_of_mode);
    let ids_after = ids_left.value() - count.zext(ids_bits);
    ids_left.enable(starts | uses | issues);
    ids_left.set(uses.mux(ids_in_packet(m, bits, mode_bits, width_of_mode), ids_after).gated(!starts));
    Packet {
        fills,
        waits: !is_there.value() & !ids_left.value().any(),
        is_wrong: uses & mode.zext(modes.width()).ge(modes),
        ids: (0..params.chunk_lanes()).map(|lane| id(m, packet.value(), width.value(), lane)).collect(),
        count,
        issues,
        is_last,
    }
}

/// A packet without its lowest bits.
fn behind(packet: Signal<'_>, bits: u32) -> Signal<'_> {
    packet >> bits.min(packet.width())
}

/// The ID of a lane, if all have this width, which is given less 1.
fn id<'m>(m: &'m Module, packet: Signal<'m>, width: Signal<'m>, lane: u32) -> Signal<'m> {
    let of_width = |width: u32| {
        let low = (lane * width).min(packet.width());
        let bits = width.min(packet.width() - low);
        match bits {
            0 => m.zero(ID_BITS),
            bits => packet.slice(low + bits - 1, low).zext(ID_BITS),
        }
    };
    m.select(width, &(1..=ID_BITS).map(of_width).collect::<Vec<_>>()).named(&format!("id{lane}"))
}

/// How many IDs a packet holds.
fn ids_in_packet<'m>(m: &'m Module, bits: u32, mode_bits: Signal<'m>, width: Signal<'m>) -> Signal<'m> {
    let of_width = |width: u32| {
        let of_mode =
            |mode_bits: u32| m.lit((bits.saturating_sub(mode_bits) / width).into(), bit_length(bits.into()));
        let counts: Vec<Signal> = (0..1 << mode_bits.width()).map(of_mode).collect();
        m.select(mode_bits, &counts)
    };
    m.select(width, &(1..=ID_BITS).map(of_width).collect::<Vec<_>>()).named("ids_in_packet")
}

/// The chunks of IDs, a cycle later; those behind a wrong ID are not there.
fn look_up<'m>(shared: &Shared<'_, 'm>, copies: &[Ram<'m>], packet: &Packet<'m>) -> Group<'m> {
    let Shared { module: m, params, header, .. } = *shared;
    let issues = packet.issues;
    let count = held(m, "ids_looked_up", packet.count, issues);
    let (mut chunks, mut is_wrong) = (vec![], vec![]);
    for ((lane, copy), id) in (0u32..).zip(copies).zip(&packet.ids) {
        let address = id.low(copy.address_width());
        let chunk = copy.read_at_clock(&format!("chunk{lane}"), address, Collision::Undefined).enable(issues);
        chunks.push(chunk.value());
        let id = held(m, &format!("looked_up{lane}"), *id, issues);
        is_wrong.push(id.zext(CHUNKS_BITS).ge(header.unique()) & count.gt(u64::from(lane)));
    }
    let is_wrong = m.concat_lsb(&is_wrong).named("wrong_ids");
    let right = lowest_one(m, is_wrong).index.zext(params.weights_bits());
    let count = is_wrong.any().mux(right, count).named("right_ids");
    let pairs = header.has_pairs();
    let singles: Vec<Signal> = chunks.iter().map(|chunk| chunk.low(WEIGHT_BITS)).collect();
    let singles = m.concat_lsb(&singles).zext(WEIGHT_BITS * params.lanes);
    Group {
        bytes: pairs.mux(m.concat_lsb(&chunks), singles),
        count: Some(pairs.mux(count << 1, count)),
        is_wrong: Some(is_wrong.any()),
    }
}
