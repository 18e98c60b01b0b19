//! Signals, and parts of signals, that nothing in the module proper reads. A lint tool reports each one that is not
//! collected somewhere.

use crate::expr::{Expr, SignalId};
use crate::plan::{Item, Kind, Plan, Statements};

/// Unread signals and ranges of the main section, in order of declaration, high ranges first.
pub(crate) fn find(plan: &Plan) -> Vec<Expr> {
    let mut read = vec![vec![]; plan.signals.len()];
    let mut note = |id: SignalId, range: Option<(u32, u32)>| {
        read[id.0].push(range.unwrap_or((plan.signal(id).width - 1, 0)));
    };
    mentions(&plan.main, &mut |expr| expr.mentions(&mut note));
    plan.outputs.iter().for_each(|(_, value)| value.mentions(&mut note));
    if !(plan.main.registers.is_empty() && plan.main.writes.is_empty()) {
        plan.clocking.clock.into_iter().for_each(|clock| note(clock, None));
    }
    if plan.main.registers.iter().any(|group| group.is_reset) {
        plan.clocking.reset.into_iter().for_each(|reset| note(reset, None));
    }
    let signals = candidates(plan).into_iter();
    signals.flat_map(|id| gaps(id, plan.signal(id).width, &mut read[id.0])).collect()
}

/// The signals that must be read: input ports, and declarations of the main section.
fn candidates(plan: &Plan) -> Vec<SignalId> {
    let mut is_candidate: Vec<bool> = plan.signals.iter().map(|signal| signal.kind == Kind::Input).collect();
    for item in &plan.main.items {
        if let Item::Signal(id, _) | Item::Block(id, _) = item {
            is_candidate[id.0] = !matches!(plan.signal(*id).kind, Kind::Output { .. });
        }
    }
    (0..plan.signals.len()).filter(|&index| is_candidate[index]).map(SignalId).collect()
}

fn mentions(statements: &Statements, visit: &mut impl FnMut(&Expr)) {
    for item in &statements.items {
        match item {
            Item::Signal(_, value) => value.iter().for_each(&mut *visit),
            Item::Block(_, statements) => {
                statements.iter().for_each(|statement| statement.mentions(&mut *visit));
            }
            Item::Memory { .. } => {}
            Item::Instance { connections, .. } => {
                let inputs = connections.iter().filter(|connection| !connection.is_output);
                inputs.for_each(|connection| visit(&connection.value));
            }
        }
    }
    for group in &statements.registers {
        group.enable.iter().for_each(&mut *visit);
        group.next.iter().for_each(|statement| statement.mentions(&mut *visit));
    }
    for port in statements.writes.iter().flat_map(|writes| &writes.ports) {
        [&port.enable, &port.address, &port.data].into_iter().for_each(&mut *visit);
        port.lanes.iter().for_each(|lane| visit(&lane.enable));
    }
}

/// The bits of a signal outside all of `read`.
fn gaps(id: SignalId, width: u32, read: &mut [(u32, u32)]) -> Vec<Expr> {
    read.sort_unstable_by(|a, b| b.cmp(a));
    let mut gaps = vec![];
    // Bits from `open` up are finished.
    let mut open = width;
    for &(high, low) in read.iter() {
        if high + 1 < open {
            gaps.push((open - 1, high + 1));
        }
        open = open.min(low);
    }
    if open > 0 {
        gaps.push((open - 1, 0));
    }
    let expr = |(high, low)| Expr::Signal { id, range: (high - low + 1 < width).then_some((high, low)) };
    gaps.into_iter().map(expr).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_lie_between_the_parts_read() {
        let parts = |width, read: &[(u32, u32)]| -> Vec<Option<(u32, u32)>> {
            let gaps = gaps(SignalId(0), width, &mut read.to_vec());
            let range = |expr: Expr| {
                let Expr::Signal { range, .. } = expr else { panic!("a gap is a signal") };
                range
            };
            gaps.into_iter().map(range).collect()
        };
        assert_eq!(parts(8, &[]), [None]);
        assert_eq!(parts(8, &[(7, 0)]), []);
        assert_eq!(parts(8, &[(3, 2), (3, 3)]), [Some((7, 4)), Some((1, 0))]);
        assert_eq!(parts(8, &[(2, 0), (5, 5), (7, 4)]), [Some((3, 3))]);
        assert_eq!(parts(8, &[(7, 0), (5, 5)]), []);
    }
}
