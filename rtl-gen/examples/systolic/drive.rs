//! Multiplies matrices on the array and in plain Rust.

use super::PARAMS;
use crate::reset;
use hdl::Bits;
use sim::{Simulator, UnknownName};

const SIZE: usize = PARAMS.size;

/// The operands of beat `k`: column `k` of A and row `k` of B.
type Beat = ([i8; SIZE], [i8; SIZE]);

/// The ports by what they are for.
struct Ports {
    control: [usize; 3],
    a: Vec<usize>,
    b: Vec<usize>,
    product: Vec<Vec<usize>>,
    done: usize,
}

/// Several products, one of them of the least values.
pub fn exercise(simulator: &mut dyn Simulator) -> Result<String, UnknownName> {
    let ports = Ports::of(simulator)?;
    reset(simulator)?;
    let counted = |k: usize| {
        let value = |index: usize| (37 * (index + 5 * k) % 256) as u8 as i8;
        (std::array::from_fn(value), std::array::from_fn(|index| value(index + SIZE)))
    };
    let least = ([i8::MIN; SIZE], [i8::MIN; SIZE]);
    let mut last = vec![];
    for beats in [vec![least; 20], vec![counted(0)], (0..SIZE).map(counted).collect()] {
        last = ports.multiply(simulator, &beats);
        assert_eq!(last, product(&beats));
    }
    Ok(format!("the product of the last two matrices is {last:?}"))
}

/// What the array should find.
fn product(beats: &[Beat]) -> Vec<Vec<i64>> {
    let element = |row: usize, column: usize| -> i64 {
        beats.iter().map(|(a, b)| i64::from(a[row]) * i64::from(b[column])).sum()
    };
    (0..SIZE).map(|row| (0..SIZE).map(|column| element(row, column)).collect()).collect()
}

impl Ports {
    fn of(simulator: &dyn Simulator) -> Result<Ports, UnknownName> {
        let lanes = |name: &str| (0..SIZE).map(|lane| simulator.port(&format!("{name}{lane}"))).collect();
        let row = |row: usize| lanes(&format!("c{row}_"));
        let [valid, first, last] = ["valid", "first", "last"].map(|name| simulator.port(name));
        Ok(Ports {
            control: [valid?, first?, last?],
            a: lanes("a")?,
            b: lanes("b")?,
            product: (0..SIZE).map(row).collect::<Result<_, _>>()?,
            done: simulator.port("done")?,
        })
    }

    fn multiply(&self, simulator: &mut dyn Simulator, beats: &[Beat]) -> Vec<Vec<i64>> {
        for (k, (a, b)) in beats.iter().enumerate() {
            let control = [true, k == 0, k + 1 == beats.len()];
            self.control.iter().zip(control).for_each(|(port, bit)| simulator.poke_u64(*port, bit.into()));
            let operands = self.a.iter().zip(a).chain(self.b.iter().zip(b));
            operands.for_each(|(port, value)| simulator.poke_u64(*port, u64::from(*value as u8)));
            simulator.tick();
        }
        self.control.iter().for_each(|port| simulator.poke_u64(*port, 0));
        let wait = (0..2 * SIZE).find(|_| {
            let is_done = simulator.peek_u64(self.done) == 1;
            if !is_done {
                simulator.tick();
            }
            is_done
        });
        assert!(wait.is_some(), "the product is there 2 * size - 1 cycles after its last beat");
        let rows = self.product.iter();
        rows.map(|row| row.iter().map(|port| signed(&simulator.peek(*port))).collect()).collect()
    }
}

fn signed(value: &Bits) -> i64 {
    let unused = 64 - value.width();
    (value.to_u64() << unused) as i64 >> unused
}
