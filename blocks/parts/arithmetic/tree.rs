//! Balanced trees.

use hdl::Signal;

/// The values joined two and two until one is left; `join` is associative. Panics if there are none.
pub fn tree<'m>(values: Vec<Signal<'m>>, join: &dyn Fn(Signal<'m>, Signal<'m>) -> Signal<'m>) -> Signal<'m> {
    match values.as_slice() {
        [] => panic!("a tree joins at least one value"),
        [only] => *only,
        values => {
            let pair = |pair: &[Signal<'m>]| if let [a, b] = pair { join(*a, *b) } else { pair[0] };
            tree(values.chunks(2).map(pair).collect(), join)
        }
    }
}

/// The sum of unsigned values, with every carry.
pub fn add_all(values: Vec<Signal<'_>>) -> Signal<'_> {
    tree(values, &|a, b| a.add_wide(b))
}
