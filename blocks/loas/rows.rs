//! What the rows of an array share: beats of A go to some rows at a time, and columns leave when all rows have them.

use hdl::{Module, ModuleRef, Reg, Signal, index_width};
use parts::storage::held::held;

/// Beats that go to groups of rows in turn.
pub struct InTurn<'m> {
    /// For each group, whether a beat that is offered is its own, and all its rows are ready.
    pub takes: Vec<Signal<'m>>,
    /// A beat that is offered is taken.
    pub ready: Signal<'m>,
    /// The number of the group whose turn it is; `None` if there is one.
    pub turn: Option<Reg<'m>>,
}

/// Gives turns to groups of rows, from whether each row is ready. The caller moves the turn on with each
/// beat.
pub fn in_turn<'m>(m: &'m Module, ready: &[Vec<Signal<'m>>]) -> InTurn<'m> {
    let turn = (ready.len() > 1).then(|| m.reg("turn", index_width(ready.len() as u64)).reset_to(0));
    let takes = (0..).zip(ready).map(|(number, rows)| {
        let is_turn = turn.map_or_else(|| m.ones(1), |turn| turn.value().eq(number));
        (is_turn & m.concat_lsb(rows).all()).named(&format!("takes{number}"))
    });
    let takes: Vec<Signal> = takes.collect();
    InTurn { ready: m.concat_lsb(&takes).any(), takes, turn }
}

/// The spikes of a column, in registers.
pub struct Fired<'m> {
    /// There are spikes.
    pub valid: Signal<'m>,
    /// A word per row, the first row in the lowest bits.
    pub spikes: Signal<'m>,
    /// The sums are taken in this cycle.
    pub takes: Signal<'m>,
}

/// Sends the sums of a column through the neurons once every row has its own, and the column its threshold if it has one: for
/// each row, and for the threshold, whether it is there, and its value. `ready` is that of the output.
pub fn fired<'m>(
    m: &'m Module,
    rows: &[(Signal<'m>, Signal<'m>)],
    threshold: Option<(Signal<'m>, Signal<'m>)>,
    neuron: ModuleRef,
    ready: Signal<'m>,
) -> Fired<'m> {
    let valids: Vec<Signal> = rows.iter().chain(&threshold).map(|(valid, _)| *valid).collect();
    let all = m.concat_lsb(&valids).all().named("column_valid");
    let valid = m.reg("spikes_valid", 1).reset_to(0);
    let advance = (!valid.value() | ready).named("spikes_ready");
    valid.enable(advance).set(all);
    let takes = (advance & all).named("column_taken");
    let spikes = (0..).zip(rows).map(|(row, (_, sums))| {
        let neuron = m.instance(&format!("u_neuron{row}"), neuron).set("sums", *sums);
        let neuron = match threshold {
            None => neuron,
            Some((_, threshold)) => neuron.set("threshold", threshold),
        };
        neuron.get("spikes")
    });
    let spikes = m.concat_lsb(&spikes.collect::<Vec<Signal>>());
    Fired { valid: valid.value(), spikes: held(m, "spikes", spikes, takes), takes }
}
