//! The values of one side of the arrays, as its lines see them.

use super::network::UpdateForm;
use hdl::{Module, Signal};
use parts::arithmetic::negate::negated;

/// Which values are above their floor, and which are below its negative.
#[derive(Clone, Copy)]
pub struct Lines<'m> {
    /// Above.
    pub positive: Signal<'m>,
    /// Below.
    pub negative: Signal<'m>,
    /// For pulse trains: the absolute value less 1, without its sign.
    pub strength: Option<Signal<'m>>,
}

/// The absolute value is more than `floor`.
pub fn is_beyond<'m>(value: Signal<'m>, floor: Signal<'m>) -> Signal<'m> {
    negated(value, value.msb()).gt(floor.zext(value.width()))
}

/// The last `count` values that were taken, the first in the lowest bits.
pub fn collected<'m>(
    m: &'m Module,
    name: &str,
    value: Signal<'m>,
    count: u32,
    takes: Signal<'m>,
) -> Signal<'m> {
    let all = m.reg(name, count * value.width()).enable(takes);
    all.set(m.concat(&[value, all.value().high((count - 1) * value.width())]));
    all.value()
}

impl<'m> Lines<'m> {
    /// Those of a value; neither positive nor negative if its absolute value is at most `floor`.
    pub fn of(form: UpdateForm, value: Signal<'m>, floor: Signal<'m>) -> Lines<'m> {
        let is_beyond = is_beyond(value, floor);
        let strength = match form {
            UpdateForm::Signs | UpdateForm::Counts => None,
            UpdateForm::Trains => Some((negated(value, value.msb()) - 1).low(value.width() - 1)),
        };
        Lines { positive: is_beyond & !value.msb(), negative: is_beyond & value.msb(), strength }
    }

    /// All, by their names.
    pub fn map(self, mut each: impl FnMut(&str, Signal<'m>) -> Signal<'m>) -> Lines<'m> {
        Lines {
            positive: each("positive", self.positive),
            negative: each("negative", self.negative),
            strength: self.strength.map(|strength| each("strength", strength)),
        }
    }

    /// Those of several groups of values, the first in the lowest bits.
    pub fn joined(m: &'m Module, groups: &[Lines<'m>]) -> Lines<'m> {
        let all = |of: fn(&Lines<'m>) -> Signal<'m>| m.concat_lsb(&groups.iter().map(of).collect::<Vec<_>>());
        let strengths: Option<Vec<Signal<'m>>> = groups.iter().map(|lines| lines.strength).collect();
        Lines {
            positive: all(|lines| lines.positive),
            negative: all(|lines| lines.negative),
            strength: strengths.map(|strengths| m.concat_lsb(&strengths)),
        }
    }

    /// Those of the last `count` values that were taken, the first in the lowest bits.
    pub fn collected(self, m: &'m Module, name: &str, count: u32, takes: Signal<'m>) -> Lines<'m> {
        self.map(|kind, value| collected(m, &format!("{name}_{kind}"), value, count, takes))
    }

    /// The lines of a sign that are driven. With a random threshold, those whose absolute value is above it.
    pub fn driven(
        &self,
        m: &'m Module,
        is_positive: Signal<'m>,
        threshold: Option<Signal<'m>>,
    ) -> Signal<'m> {
        let chosen = is_positive.mux(self.positive, self.negative);
        match self.strength.zip(threshold) {
            None => chosen,
            Some((strengths, threshold)) => {
                let fires = strengths.split_lsb(threshold.width()).into_iter().map(|own| own.ge(threshold));
                chosen & m.concat_lsb(&fires.collect::<Vec<_>>())
            }
        }
    }
}
