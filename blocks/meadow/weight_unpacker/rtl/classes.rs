//! The class of the output whose weights are decoded.

use super::Shared;
use crate::meadow::weight_unpacker::params::WORD_BITS;
use hdl::Signal;

/// Outputs whose classes are in a word, where there are two classes, or four.
const OF_TWO: u64 = WORD_BITS as u64;
const OF_FOUR: u64 = WORD_BITS as u64 / 2;

/// Where an output is.
pub struct Classes<'m> {
    /// The class; `None` where there is only one.
    pub current: Option<Signal<'m>>,
    /// The word with the classes of the next outputs must come first.
    pub is_due: Signal<'m>,
}

/// Takes a word of classes with `takes`; a row is decoded with `decodes`, which may depend on the rest.
pub fn classes<'m>(
    shared: &Shared<'_, 'm>,
    may_take: Signal<'m>,
    decodes: impl Fn(Signal<'m>) -> Signal<'m>,
) -> Classes<'m> {
    let m = shared.module;
    if shared.params.classes == 1 {
        return Classes { current: None, is_due: m.zero(1) };
    }
    let header = shared.header;
    let has_classes = !header.classes().bit(0);
    let has_four = header.classes().bit(2);
    let is_due = m.reg("classes_are_due", 1);
    let word = m.reg("classes", WORD_BITS);
    let outputs = m.reg("outputs_of_word", OF_TWO.ilog2());
    let most = header.rows(shared.params) - 1;
    let rows = m.reg("rows_of_output", most.width());
    let takes = may_take & is_due.value();
    m.when(takes, || {
        is_due.set(m.zero(1));
        word.set(shared.words.front(1));
        let of_four = m.lit((OF_FOUR - 1).into(), OF_TWO.ilog2());
        outputs.set(has_four.mux(of_four, m.ones(OF_TWO.ilog2())));
        rows.set(most);
    });
    m.when(decodes(is_due.value()), || {
        let ends = !rows.value().any();
        rows.set(ends.mux(most, rows.value() - 1));
        m.when(ends, || {
            word.set(has_four.mux(word.value() >> 2, word.value() >> 1));
            outputs.set(outputs.value() - 1);
            is_due.set(has_classes & !outputs.value().any());
        });
    });
    m.when(shared.starts, || {
        is_due.set(has_classes);
        word.set(m.zero(WORD_BITS));
    });
    let low = word.value().bit(0);
    let current = match shared.params.classes {
        2 => low,
        _ => m.concat(&[word.value().bit(1) & has_four, low]),
    };
    Classes { current: Some(current.named("class")), is_due: is_due.value() }
}
