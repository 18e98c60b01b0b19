//! The passes over a product group: a step of a product has one; one of queries has more if the projection has fewer elements than the
//! group has tokens.

use super::group::Group;
use crate::meadow::meadow_decoder_layer::params::Params;
use hdl::{Module, Signal, index_width};

/// The present pass.
pub struct Pass<'m> {
    /// Its number.
    pub number: Signal<'m>,
    /// No tokens of the group are behind it.
    pub is_last: Signal<'m>,
}

impl<'m> Pass<'m> {
    /// The next one comes where `ends` is 1, and the first one of the next group behind the last.
    pub fn new(
        m: &'m Module,
        params: &Params,
        is_query: Signal<'m>,
        group: &Group<'m>,
        ends: Signal<'m>,
    ) -> Pass<'m> {
        let passes = params.query_passes();
        let number = m.reg("pass_number", index_width(passes.into())).reset_to(0).enable(ends);
        let is_full = number.value().eq(u64::from(passes - 1));
        let has_no_more = |pass: u32| {
            let tokens = u64::from((pass + 1) * params.query_tokens());
            number.value().eq(u64::from(pass)) & group.behind.lt(tokens)
        };
        let has_no_more: Vec<Signal> = (0..passes - 1).map(has_no_more).collect();
        let is_last = (!is_query | is_full | m.concat_lsb(&has_no_more).any()).named("is_last_pass");
        number.set((number.value() + 1).gated(!is_last));
        Pass { number: number.value(), is_last }
    }
}

/// The elements of a group, those of the tokens of a pass first.
pub fn of_pass<'m>(
    m: &'m Module,
    params: &Params,
    elements: &[Signal<'m>],
    pass: Signal<'m>,
) -> Vec<Signal<'m>> {
    let own = params.query_tokens() as usize;
    let is_pass: Vec<Signal> = (0..params.query_passes()).map(|number| pass.eq(u64::from(number))).collect();
    let of_token = |token: usize| {
        let of_passes = elements[token..].iter().step_by(own).copied();
        m.one_hot(&is_pass.iter().copied().zip(of_passes).collect::<Vec<_>>())
    };
    (0..own).map(of_token).chain(elements[own..].iter().copied()).collect()
}
