//! How plans are drawn.

use crate::plan::{DesignPlan, MemoryPlan, ModulePlan, RegisterPlan, Step, WritePlan};
use hdl::netlist::{BinaryOp, PropertyKind, ReduceOp};
use hdl::{Clocking, Collision, Level, ResetStyle};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// Widths around those of machine words and their halves.
const WIDTHS: [u32; 22] = [1, 1, 1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 200];

/// Designs with registers, memories and hierarchy, under any clocking.
pub fn designs() -> impl Strategy<Value = DesignPlan> {
    let modules = vec(module(step().boxed(), 12), 0..3);
    let stages = prop_oneof![3 => Just(0), 1 => 1usize..20];
    (clocking(), modules, module(step().boxed(), 25), stages).prop_map(
        |(clocking, mut modules, top, stages)| {
            modules.push(top);
            DesignPlan { clocking, modules, stages }
        },
    )
}

/// Designs of one module with many instances, all of whose outputs are visible.
pub fn arrays() -> impl Strategy<Value = DesignPlan> {
    let row = (2usize..20, vec(any::<usize>(), 1..4), any::<bool>());
    let inputs = vec(width(), 4..9);
    (clocking(), module(step().boxed(), 30), row, inputs).prop_map(
        |(clocking, module, (count, drivers, chained), inputs)| {
            let first = inputs.len();
            let outputs = (first..first + count * module.outputs.len()).collect();
            let instances = Step::Instances { module: 0, count, inputs: drivers, chained };
            let top = ModulePlan { inputs, steps: vec![instances], outputs };
            DesignPlan { clocking, modules: vec![module, top], stages: 0 }
        },
    )
}

/// Designs of one module without a clock.
pub fn combinational_designs() -> impl Strategy<Value = DesignPlan> {
    module(operator().boxed(), 40).prop_map(|top| DesignPlan {
        clocking: Clocking::default(),
        modules: vec![top],
        stages: 0,
    })
}

fn clocking() -> impl Strategy<Value = Clocking> {
    (select(ResetStyle::ALL), select(Level::ALL)).prop_map(|(style, active)| Clocking {
        style,
        active,
        ..Clocking::default()
    })
}

fn module(step: BoxedStrategy<Step>, steps: usize) -> impl Strategy<Value = ModulePlan> {
    let outputs = vec(any::<usize>(), 1..6);
    (vec(width(), 1..5), vec(step, 1..steps), outputs).prop_map(|(inputs, steps, outputs)| ModulePlan {
        inputs,
        steps,
        outputs,
    })
}

fn width() -> impl Strategy<Value = u32> {
    select(WIDTHS.to_vec())
}

/// A combinational step. Shrinking goes towards the first ones.
fn operator() -> impl Strategy<Value = Step> {
    let value = any::<usize>;
    prop_oneof![
        1 => value().prop_map(Step::Not),
        1 => (width(), corner()).prop_map(|(width, value)| Step::Const(width, value)),
        10 => (select(BinaryOp::ALL), value(), value()).prop_map(|(op, a, b)| Step::Binary(op, a, b)),
        1 => (select(ReduceOp::ALL), value()).prop_map(|(op, a)| Step::Reduce(op, a)),
        4 => (value(), value(), value()).prop_map(|(select, a, b)| Step::Mux(select, a, b)),
        2 => (value(), vec((corner(), value()), 1..6), value())
            .prop_map(|(select, cases, default)| Step::Switch(select, cases, default)),
        2 => vec(value(), 1..6).prop_map(Step::Concat),
        3 => (value(), 0u32..200, width()).prop_map(|(a, low, width)| Step::Slice(a, low, width)),
        1 => (value(), 1u32..70).prop_map(|(a, by)| Step::Extend(a, by)),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        14 => operator(),
        5 => register().prop_map(Step::Register),
        1 => memory().prop_map(Step::Memory),
        2 => instances(),
        1 => (select(PropertyKind::ALL), any::<usize>()).prop_map(|(kind, value)| Step::Property(kind, value)),
    ]
}

fn register() -> impl Strategy<Value = RegisterPlan> {
    (width(), any::<usize>(), option::of(any::<usize>()), option::of(corner()))
        .prop_map(|(width, next, enable, reset)| RegisterPlan { width, next, enable, reset })
}

fn memory() -> impl Strategy<Value = MemoryPlan> {
    let mask = option::of((any::<usize>(), any::<usize>()));
    let write = (any::<usize>(), any::<usize>(), any::<usize>(), mask)
        .prop_map(|(enable, address, data, mask)| WritePlan { enable, address, data, mask });
    let collision = select(Collision::ALL);
    let port = option::of((collision, option::of(any::<usize>())));
    let depth = select(vec![1u64, 2, 3, 4, 5, 8, 13, 16]);
    (width(), depth, vec(corner(), 0..16), vec(write, 0..3), any::<usize>(), port).prop_map(
        |(width, depth, contents, writes, address, port)| MemoryPlan {
            width,
            depth,
            contents,
            writes,
            address,
            port,
        },
    )
}

fn instances() -> impl Strategy<Value = Step> {
    let count = prop_oneof![1usize..3, 2usize..20];
    (any::<usize>(), count, vec(any::<usize>(), 1..4), any::<bool>())
        .prop_map(|(module, count, inputs, chained)| Step::Instances { module, count, inputs, chained })
}

/// Numbers at which operators err, and any others.
pub(crate) fn corner() -> impl Strategy<Value = u64> {
    prop_oneof![Just(0), Just(u64::MAX), (0u32..64).prop_map(|bit| 1 << bit), any::<u64>()]
}
