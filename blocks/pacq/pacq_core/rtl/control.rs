//! Registers and interrupt: begins, stops and ends products.

use crate::pacq::pacq_core::job::{Job, Outcome};
use crate::pacq::pacq_core::params::Params;
use crate::pacq::pacq_core::registers::{Counts, Registers};
use crate::pacq::tile::DEPTH;
use hdl::{Bundle, Encoded, Module, Signal};
use parts::registers::{AxiLite, WIDTH};

/// What the registers hear of the rest.
#[derive(Clone, Copy, Bundle)]
pub struct Events<T> {
    /// No transfer and no block is under way.
    pub is_quiet: T,
    /// Blocks of a panel are still to begin.
    pub has_panel: T,
    /// An operand came with an error.
    pub read_fails: T,
    /// Results were written with an error.
    pub write_fails: T,
    /// What is counted in this cycle.
    pub counts: Counts<T>,
}

const COUNTS: Counts<u32> = Counts {
    cycles: 1,
    read_beats: 1,
    written_beats: 1,
    a_beats: 1,
    b_beats: 1,
    scale_beats: 1,
    stall_a: 1,
    stall_b: 1,
    stall_c: 1,
};

/// Its widths.
pub const EVENTS: Events<u32> =
    Events { is_quiet: 1, has_panel: 1, read_fails: 1, write_fails: 1, counts: COUNTS };

/// What the rest hears of the registers.
pub struct Control<'m> {
    /// The product. It does not change while one is at work.
    pub job: Job<Signal<'m>>,
    /// Rows of B that share their scales: all if GROUP is 0.
    pub group: Signal<'m>,
    /// A product begins in the next cycle.
    pub begins: Signal<'m>,
    /// Nothing more is begun.
    pub stops: Signal<'m>,
}

/// Software's writes to CONTROL.
struct Pulses<'m> {
    starts: Signal<'m>,
    aborts: Signal<'m>,
    resets: Signal<'m>,
}

/// The state of a product.
struct State<'m> {
    is_busy: Signal<'m>,
    stops: Signal<'m>,
    begins: Signal<'m>,
    /// It ends in this cycle.
    ends: Signal<'m>,
    /// Nothing is to be left of it.
    is_reset: Signal<'m>,
    /// It stops.
    fails: Signal<'m>,
}

/// The registers.
pub fn control<'m>(m: &'m Module, params: &Params, now: &Events<Signal<'m>>) -> Control<'m> {
    let registers = Registers::new(params);
    let mut port = AxiLite::new(m, &registers.map);
    let job = registers.job.map(|field| port.value(*field));
    let group = job.group.any().mux(job.group, job.k).named("group_length");
    let [is_bad_size, is_bad_group] = faults(m, params, &job, group);
    let is_busy = m.reg("is_busy", 1).reset_to(0);
    let locked: Vec<Signal> =
        registers.job.members().into_iter().map(|(_, field)| port.writes(field)).collect();
    port.refuse(is_busy.value() & (port.asks(registers.start) | m.concat_lsb(&locked).any()));
    let pulses = Pulses {
        starts: port.sets(registers.start),
        aborts: port.sets(registers.abort),
        resets: port.sets(registers.reset),
    };
    let is_refused = (is_bad_size | is_bad_group).named("is_refused");
    let state = state(m, &pulses, is_refused, is_busy, now);
    let clears = (pulses.resets | (state.ends & state.is_reset)).named("clears");
    port.show(registers.busy, state.is_busy);
    port.show(registers.outcome, outcome(m, &pulses, &state, clears, [is_bad_size, is_bad_group], now));
    port.note(registers.done, (pulses.starts & is_refused) | (state.ends & !clears));
    let counts = registers.counts.zip(&now.counts).expect("an event for each count");
    let fields = counts.names().into_iter().zip(counts.members());
    for (name, (_, (field, event))) in fields {
        let count = m.reg(&name, WIDTH).reset_to(0);
        let restarts = clears | pulses.starts;
        count.enable(restarts | (event & state.is_busy)).set((count.value() + 1).gated(!restarts));
        port.show(field, count.value());
    }
    let interrupts = port.value(registers.done) & port.value(registers.enable);
    m.output("irq", interrupts, "interrupt: a product has ended, until software clears INTERRUPT");
    port.finish();
    Control { job, group, begins: state.begins, stops: state.stops }
}

/// The sizes are illegal, and the groups are.
fn faults<'m>(m: &'m Module, params: &Params, job: &Job<Signal<'m>>, group: Signal<'m>) -> [Signal<'m>; 2] {
    let is_bad_size = !job.m.any() | !job.n.any() | !job.k.any() | job.k.gt(u64::from(params.max_k));
    let most = u64::from(params.tile.max_group);
    // If the limit has more bits than a size, every length is below it.
    let is_long = if most >> group.width() == 0 { group.gt(most) } else { m.zero(1) };
    let is_bad_group = job.group.low(DEPTH.ilog2()).any() | is_long;
    [is_bad_size.named("is_bad_size"), (is_bad_group & !is_bad_size).named("is_bad_group")]
}

fn state<'m>(
    m: &'m Module,
    pulses: &Pulses<'m>,
    is_refused: Signal<'m>,
    is_busy: hdl::Reg<'m>,
    now: &Events<Signal<'m>>,
) -> State<'m> {
    let begins = (pulses.starts & !is_refused).named("begins");
    let stops = m.reg("stops", 1).reset_to(0);
    let ends = (is_busy.value() & now.is_quiet & (stops.value() | !now.has_panel)).named("ends");
    is_busy.enable(begins | ends).set(begins);
    let is_told = pulses.aborts | pulses.resets;
    let fails = (is_busy.value() & (is_told | now.read_fails | now.write_fails)).named("fails");
    stops.enable(begins | fails).set(!begins);
    let is_reset = m.reg("is_reset", 1).reset_to(0);
    is_reset.enable(begins | (is_busy.value() & pulses.resets)).set(!begins);
    State { is_busy: is_busy.value(), stops: stops.value(), begins, ends, is_reset: is_reset.value(), fails }
}

/// How the last product ended: of several failures the first one counts.
fn outcome<'m>(
    m: &'m Module,
    pulses: &Pulses<'m>,
    state: &State<'m>,
    clears: Signal<'m>,
    [is_bad_size, is_bad_group]: [Signal<'m>; 2],
    now: &Events<Signal<'m>>,
) -> Signal<'m> {
    let outcome = m.reg("outcome", Outcome::WIDTH).reset_to(0);
    let code = |code: Outcome| m.code(code);
    let fails_first = state.fails & !state.stops;
    let cases = [
        (pulses.starts & is_bad_size, code(Outcome::BadSize)),
        (pulses.starts & is_bad_group, code(Outcome::BadGroup)),
        (pulses.starts | clears, code(Outcome::None)),
        (state.ends & !state.stops, code(Outcome::Done)),
        (fails_first & now.read_fails, code(Outcome::ReadError)),
        (fails_first & now.write_fails, code(Outcome::WriteError)),
        (fails_first, code(Outcome::Aborted)),
    ];
    outcome.set(m.priority(&cases, outcome.value()));
    outcome.value()
}
