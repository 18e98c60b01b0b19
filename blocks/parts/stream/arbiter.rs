#![doc = include_str!("arbiter.md")]

use crate::Part;
use crate::arithmetic::lowest_one::{encode, lowest_one};
use hdl::{Design, Module, ModuleRef, Signal};

/// See the page.
pub const PART: Part =
    Part { name: "arbiter", summary: "a round-robin arbiter", page: include_str!("arbiter.md"), example };

/// Whom an arbiter lets through.
pub struct Grant<'m> {
    /// One bit per requester, at most one of them 1; all 0 where none asks.
    pub one_hot: Signal<'m>,
    /// The number of the requester; 0 if none asks.
    pub index: Signal<'m>,
}

/// Grants one of the `requests`, the one after the last that was served first. A grant stays until `taken` is 1, so that what the
/// requester offers is stable.
pub fn round_robin<'m>(m: &'m Module, name: &str, requests: Signal<'m>, taken: Signal<'m>) -> Grant<'m> {
    m.scope(name, || {
        let width = requests.width();
        // A mask of the requesters after the one served last.
        let later = m.reg("later", width).reset_to(0);
        let waiting = m.reg("waiting", width).reset_to(0);
        let behind = requests & later.value();
        let candidates = behind.any().mux(behind, requests).named("candidates");
        let first = m.scope("first", || lowest_one(m, candidates));
        let grant = waiting.value().any().mux(waiting.value(), first.one_hot).named("grant");
        waiting.set(grant.gated(!taken));
        let below = m.scope("served", || lowest_one(m, grant)).below;
        later.enable(taken & grant.any()).set(!(below | grant));
        m.assert("requests_stay", !(waiting.value() & !requests).any());
        m.assert("grants_a_request", !(grant & !requests).any());
        Grant { one_hot: grant, index: encode(m, grant).named("granted") }
    })
}

fn example(design: &Design) -> ModuleRef {
    design.module("arbiter", &["4"], |m| {
        let requests = m.input("requests", 4, "one bit per requester");
        let taken = m.input("taken", 1, "the grant is used in this cycle");
        let grant = round_robin(m, "turn", requests, taken);
        m.output("grant", grant.one_hot, "one bit per requester, at most one of them 1");
        m.output("index", grant.index, "the number of the requester");
    })
}
