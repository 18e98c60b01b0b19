//! 16 lanes that join two sparse operands: they find where both masks have a bit, and accumulate.

use super::{elaborate, prefix};
use hdl::{Bits, Design, Module, ModuleRef, Netlist, Signal};

const LANES: usize = 16;
const MASK: u32 = 128;
const OFFSET: u32 = 8;
const CONTROL: u32 = 3;
const ACCUMULATOR: u32 = 32;
const FIFO_DEPTH: u64 = 8;

/// Work for every lane.
pub const ALL: u64 = (1 << LANES) - 1;

/// A lane takes work in each cycle with its bit of `take`; its inputs are registered, and then hold still.
pub fn netlist() -> Netlist {
    elaborate(|design| {
        let lane = lane(design);
        design.module("lanes", &[], |m| {
            m.describe("Lanes that join two sparse operands and accumulate the products of their positions.");
            let take = m.input("take", LANES as u32, "a bit for each lane that gets work");
            let word = |name: &str| m.input(name, MASK / 2, "half a mask");
            let left = m.concat(&[word("left_high"), word("left_low")]);
            let right = m.concat(&[word("right_high"), word("right_low")]);
            let control = m.input("control", CONTROL, "what lanes do");
            let totals = (0..LANES as u32).map(|lane_index| {
                // The masks of each lane are rotated differently, and differently from each other.
                let (left, right) = (rotated(left, 8 * lane_index), rotated(right, 16 * lane_index));
                let work = [("left", left), ("right", right), ("control", control)];
                m.scope(&format!("lane{lane_index}"), || dispatch(m, lane, take.bit(lane_index), &work))
            });
            m.output("totals", totals.reduce(|a, b| a ^ b).expect("there is a lane"), "");
        })
    })
}

fn rotated(mask: Signal, places: u32) -> Signal {
    match places % MASK {
        0 => mask,
        places => mask.module().concat(&[mask.low(MASK - places), mask.high(places)]),
    }
}

/// The registers that hold a lane's work, and the lane. Gives its total.
fn dispatch<'m>(
    m: &'m Module,
    lane: ModuleRef,
    taken: Signal<'m>,
    work: &[(&'static str, Signal<'m>)],
) -> Signal<'m> {
    let valid = m.reg("valid", 1).reset_to(0);
    valid.set(taken);
    let child = m.instance("u_lane", lane).set("valid", valid.value());
    for (name, value) in work {
        let held = m.reg(name, value.width()).enable(taken).reset_to(0);
        held.set(*value);
        child.set(name, held.value());
    }
    child.get("total")
}

fn lane(design: &Design) -> ModuleRef {
    design.module("lane", &[], |m| {
        m.describe(
            "Joins two masks: of each common bit the positions in both operands are multiplied and added.",
        );
        let valid = m.input("valid", 1, "work is done in this cycle");
        let [left, right] = ["left", "right"].map(|name| m.input(name, MASK, "the mask of an operand"));
        let control =
            m.input("control", CONTROL, "bit 0 loads the masks; any of the others drains the queue");

        let left_mask = m.reg("left_mask", MASK).reset_to(0);
        let right_mask = m.reg("right_mask", MASK).reset_to(0);
        let pending = m.reg("pending", MASK).reset_to(0);
        let queue = Queue::new(m);
        let found = pending.value().any().named("found");
        let load = valid & (control.bit(0) | !found);
        let push = valid & !load & !queue.full();

        let lowest = (pending.value() & (m.lit(0, MASK) - pending.value())).named("lowest");
        let rest = pending.value() ^ lowest;
        pending.enable(load | push).set(load.mux(left & right, rest));
        left_mask.enable(load).set(left);
        right_mask.enable(load).set(right);

        let position = position(m, lowest).named("position");
        let left_offset = m.select(position, &prefix::counts(left_mask.value())).named("left_offset");
        let below = right_mask.value() & (lowest - m.lit(1, MASK));
        let right_offset = population(below).named("right_offset");
        queue.push(push, m.concat(&[left_offset, right_offset]));
        let pop = valid & control.high(CONTROL - 1).any() & !queue.empty();
        let head = queue.pop(pop);

        let total = m.reg("total_q", ACCUMULATOR).reset_to(0).enable(pop);
        total.set(total.value() + (head.high(OFFSET) * head.low(OFFSET)).zext(ACCUMULATOR));
        m.output("total", total.value(), "the sum of products");
    })
}

/// The number of the one bit that is set.
fn position<'m>(m: &'m Module, one_hot: Signal<'m>) -> Signal<'m> {
    let bit = |index: u32| {
        let mut numbers = Bits::zero(MASK);
        (0..MASK).for_each(|place| numbers.set_bit(place, place >> index & 1 == 1));
        (one_hot & numbers).any()
    };
    m.concat_lsb(&(0..MASK.ilog2()).map(bit).collect::<Vec<_>>())
}

/// The number of ones, by a tree of adders.
fn population(mask: Signal) -> Signal {
    let mut counts: Vec<_> = mask.split_lsb(1).into_iter().map(|bit| bit.zext(OFFSET)).collect();
    while counts.len() > 1 {
        counts = counts.chunks(2).map(|pair| pair[0] + pair[1]).collect();
    }
    counts[0]
}

/// A queue of pairs of offsets.
struct Queue<'m> {
    memory: hdl::Ram<'m>,
    head: hdl::Reg<'m>,
    tail: hdl::Reg<'m>,
}

impl<'m> Queue<'m> {
    /// Pointers have one bit more than an address, which tells full from empty.
    fn new(m: &'m Module) -> Queue<'m> {
        let width = FIFO_DEPTH.ilog2() + 1;
        let [head, tail] = ["head", "tail"].map(|name| m.reg(name, width).reset_to(0));
        Queue { memory: m.memory("queue", 2 * OFFSET, FIFO_DEPTH), head, tail }
    }

    fn empty(&self) -> Signal<'m> {
        self.head.value().eq(self.tail.value())
    }

    fn full(&self) -> Signal<'m> {
        (self.tail.value() - self.head.value()).eq(FIFO_DEPTH)
    }

    fn push(&self, enable: Signal<'m>, data: Signal<'m>) {
        let tail = self.tail.value();
        self.memory.write(enable, tail.low(FIFO_DEPTH.ilog2()), data);
        self.tail.enable(enable).set(tail + 1);
    }

    fn pop(&self, enable: Signal<'m>) -> Signal<'m> {
        let head = self.head.value();
        self.head.enable(enable).set(head + 1);
        self.memory.read(head.low(FIFO_DEPTH.ilog2())).named("front")
    }
}
