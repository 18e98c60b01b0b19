//! The keys of each group, one after the other.

use crate::meadow::meadow_attention_head::params::{COUNT_BITS, Params};
use hdl::{Bundle, Module, Signal};

/// What decides about the keys of a group.
#[derive(Clone, Copy, Bundle)]
pub struct KeyJob<T> {
    /// Number of the last key.
    pub last_key: T,
    /// Keys that count.
    pub valid_keys: T,
    /// Position of the first token.
    pub position: T,
    /// A token sees no key behind its own position.
    pub causal: T,
    /// Keys that no token of a group sees are left out.
    pub skip: T,
}

impl Params {
    /// The widths.
    pub fn key_job(&self) -> KeyJob<u32> {
        let key = self.key_bits();
        KeyJob { last_key: key, valid_keys: key, position: COUNT_BITS, causal: 1, skip: 1 }
    }
}

/// The present key of the present group.
pub struct Keys<'m> {
    job: KeyJob<Signal<'m>>,
    /// Position of the group's first token, or a number beyond all keys.
    position: Signal<'m>,
    /// The number of the key.
    pub key: Signal<'m>,
    /// It is the group's last.
    pub is_last: Signal<'m>,
}

impl<'m> Keys<'m> {
    /// The first key of the first group of a job that begins where `start` is 1: of `next`, which is there in that cycle. The
    /// next key comes where `advance` is 1.
    pub fn new(
        m: &'m Module,
        params: &Params,
        next: &KeyJob<Signal<'m>>,
        start: Signal<'m>,
        advance: Signal<'m>,
    ) -> Keys<'m> {
        let job = m.hold("job", next, start);
        let width = params.key_bits();
        // Wide enough for a group behind the last token.
        let wide = COUNT_BITS + 2;
        let group_ends = m.wire("group_ends", 1);
        let first = m.reg("first_position", wide).enable(start | group_ends.value());
        first.set(start.mux(next.position.zext(wide), first.value() + u64::from(params.tokens)));
        let is_beyond = first.value().high(wide - width).any();
        let position = is_beyond.mux(m.ones(width), first.value().low(width)).named("position");

        let key = m.reg("key", width).reset_to(0).enable(advance);
        let is_last = key.value().eq(last_key(params, &job, position)).named("is_last_key");
        key.set((key.value() + 1).gated(!is_last));
        group_ends.drive(advance & is_last);
        Keys { job, position, key: key.value(), is_last }
    }

    /// Whether each token sees the key.
    pub fn seen(&self, tokens: u32) -> Vec<Signal<'m>> {
        let width = self.key.width() + 1;
        let is_valid = self.key.lt(self.job.valid_keys);
        let sees = |token: u32| {
            let position = self.position.zext(width) + u64::from(token);
            is_valid & (!self.job.causal | position.ge(self.key.zext(width)))
        };
        (0..tokens).map(sees).collect()
    }
}

/// The last key of the group at a position.
fn last_key<'m>(params: &Params, job: &KeyJob<Signal<'m>>, position: Signal<'m>) -> Signal<'m> {
    let width = position.width();
    let end = position.zext(width + 1) + u64::from(params.tokens - 1);
    let is_before = job.causal & end.lt(job.last_key.zext(width + 1));
    let visible = is_before.mux(end.low(width), job.last_key).named("last_visible");
    let valid = (job.valid_keys - 1).gated(job.valid_keys.any()).named("last_valid");
    let seen = visible.lt(valid).mux(visible, valid);
    job.skip.mux(seen, job.last_key).named("last_key_of_group")
}
