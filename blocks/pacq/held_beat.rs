//! Beats whose lanes are processed in groups.

use hdl::{Module, Reg, Signal, Stream, index_width};
use parts::storage::held::held;

/// A beat of a stream in registers, which stays until all groups of its lanes have been processed.
pub struct HeldBeat<'m> {
    module: &'m Module,
    name: &'static str,
    /// There is a beat.
    pub valid: Signal<'m>,
    /// The next beat enters in this cycle.
    pub takes: Signal<'m>,
    /// Number of the group; `None` if there is only one.
    pub group: Option<Signal<'m>>,
    /// The group is the last of the beat.
    pub is_last_group: Signal<'m>,
    groups: u32,
}

impl<'m> HeldBeat<'m> {
    /// Takes beats of `input`; a group is done in each cycle with `advance` = 1.
    pub fn new<P>(
        module: &'m Module,
        name: &'static str,
        input: &Stream<'m, P>,
        groups: u32,
        advance: Signal<'m>,
    ) -> HeldBeat<'m> {
        HeldBeat::gated(module, name, input, groups, advance, module.ones(1))
    }

    /// The same, but beats are taken only while `opens` is 1.
    pub fn gated<P>(
        module: &'m Module,
        name: &'static str,
        input: &Stream<'m, P>,
        groups: u32,
        advance: Signal<'m>,
        opens: Signal<'m>,
    ) -> HeldBeat<'m> {
        let m = module;
        let valid = m.reg(&format!("{name}_valid"), 1).reset_to(0);
        let group =
            (groups > 1).then(|| m.reg(&format!("{name}_group"), index_width(groups.into())).reset_to(0));
        let is_last_group = match group {
            Some(group) => group.value().eq(u64::from(groups) - 1).named("is_last_group"),
            None => m.ones(1),
        };
        let leaves = (advance & is_last_group).named(&format!("{name}_leaves"));
        input.set_ready(opens & (!valid.value() | leaves));
        let takes = input.fires();
        valid.enable(takes | leaves).set(takes);
        if let Some(group) = group {
            // The counter wraps to 0 with each beat that leaves.
            group.enable(valid.value() & advance).set(group.value() + 1);
        }
        HeldBeat {
            module,
            name,
            valid: valid.value(),
            takes,
            group: group.map(Reg::value),
            is_last_group,
            groups,
        }
    }

    /// A register that takes `value` with the beat.
    pub fn hold(&self, name: &str, value: Signal<'m>) -> Signal<'m> {
        held(self.module, &format!("{}_{name}", self.name), value, self.takes)
    }

    /// The items of the current group, out of those of all lanes.
    pub fn group(&self, lanes: Signal<'m>) -> Signal<'m> {
        match self.group {
            Some(group) => self.module.select(group, &lanes.split_lsb(lanes.width() / self.groups)),
            None => lanes,
        }
    }

    /// The items of the group's lanes, if every `lanes` neighbouring lanes share one of `width` bits.
    pub fn shared(&self, items: Signal<'m>, width: u32, lanes: u32) -> Signal<'m> {
        let of_lanes: Vec<Signal> = items.split_lsb(width).iter().map(|item| item.repeat(lanes)).collect();
        self.group(self.module.concat_lsb(&of_lanes))
    }
}
