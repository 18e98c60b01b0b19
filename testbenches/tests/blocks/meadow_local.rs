//! MEADOW's layer with memory on the chip: chains of products there, errors, and what a processor sees.

use crate::meadow_layer::{A, Ended, LAYER, Layer, Processor, WEIGHTS, Y, list, matrix, product, rows};
use blocks::meadow::meadow_decoder_layer::Registers;
use blocks::meadow::meadow_decoder_layer::step::{Matrix, OnChip, Step};
use fastrand::Rng;

/// Words on the chip.
const LOCAL_WORDS: u64 = 4096;
/// Where a second matrix is there.
const SECOND: u64 = 0x4000;

fn layer(more: &str) -> Layer {
    Layer::new(&format!("{LAYER} local_words={LOCAL_WORDS} {more}"))
}

fn on_chip(matrices: &str) -> OnChip<u64> {
    let [a, b, y, c, d] = ["a", "b", "y", "c", "d"].map(|name| matrices.contains(name).into());
    OnChip { a, b, y, c, d }
}

/// Copies words, in rows of 256 bytes.
fn copy(from: u64, to: u64, bytes: u64, local: &str) -> Step<u64> {
    let (a, y) = (matrix(from, 256), matrix(to, 256));
    Step { a, y, local: on_chip(local), ..rows(bytes / 256, 128, 0, 0, 1, 0) }
}

fn chained(from: u64, to: u64, local: &str) -> Step<u64> {
    Step { a: matrix(from, 256), y: matrix(to, 256), local: on_chip(local), ..product(48, 256, 256) }
}

/// A layer with tokens and weights in its memory, of which products are neither all 0 nor saturated.
fn filled(more: &str) -> Layer {
    let rng = &mut Rng::with_seed(1);
    let mut layer = layer(more);
    let tokens: Vec<u8> = (0..48 * 256).map(|_| rng.u8(..)).collect();
    let mut weights: Vec<u8> = (0..264 * 256).map(|_| rng.u8(..8).wrapping_sub(4)).collect();
    // Tables: no bias, and a scale of 1 / 64 for each column.
    for tile in 0..8 {
        for record in 0..32 {
            let (row, place) = (record / 4, 32 * tile + 8 * (record % 4));
            weights[256 * row + place..][..8].copy_from_slice(&[0, 0, 0, 0, 1, 0, 6, 0]);
        }
    }
    layer.write(A, &tokens);
    layer.write(WEIGHTS, &weights);
    layer
}

/// Two products, of which the second takes the results of the first: outside, and on the chip. The results are the same, and
/// those on the chip take no time of the memory outside.
#[test]
fn a_chain_of_products_stays_on_the_chip() {
    let bytes = 48 * 256;
    let results = 0x1_2000;
    let outside = [chained(A, Y, ""), chained(Y, results, "")];
    let inside = [
        copy(A, 0, bytes, "y"),
        chained(0, SECOND, "ay"),
        chained(SECOND, 0, "ay"),
        copy(0, results, bytes, "a"),
    ];
    let mut layer = filled("memory_rate=80");
    let ended = layer.list(&outside);
    let expected = layer.read(results, bytes / 8);
    layer.write(results, &vec![0; bytes as usize]);
    let ended_inside = layer.list(&inside);
    assert_eq!(layer.read(results, bytes / 8), expected);
    assert_eq!((ended.written, ended_inside.written), (2 * bytes / 8, bytes / 8));
    // A step takes 8 beats of the list, and one of two reads of activations is left.
    assert_eq!(ended.read - ended_inside.read, bytes / 8 - 2 * 8);
    for (Ended { cycles: found, .. }, cycles) in [(ended, 78_021_u64), (ended_inside, 71_770)] {
        assert!(found.abs_diff(cycles) <= cycles / 100, "{found}");
    }
}

/// The product of the page, with its tokens and its results in either memory.
#[test]
fn products_on_the_chip_take_the_cycles_of_the_page() {
    for (more, cycles) in [("", [25_996, 25_996]), ("memory_rate=40", [75_861, 58_757])] {
        let mut layer = filled(more);
        let ended = [("", A, Y), ("ay", 0, SECOND)].map(|(local, from, to)| {
            layer.list(&[copy(A, 0, 48 * 256, "y")]);
            layer.list(&[chained(from, to, local)])
        });
        for (Ended { error, cycles: found, .. }, cycles) in ended.iter().zip(cycles) {
            assert_eq!(*error, 0);
            assert!(found.abs_diff(cycles) <= cycles / 100, "{more}: {found}");
        }
    }
}

/// A product with its results in both memories.
fn to_both(y: u64, d: u64, local: &str) -> Step<u64> {
    Step { second: 1, d: matrix(d, 256), ..chained(A, y, local) }
}

/// The results are in both memories in the time that they take to be in the one outside, and a copy takes more.
#[test]
fn products_with_their_results_in_both_memories_take_the_cycles_of_the_page() {
    let bytes = 48 * 256;
    for (more, cycles) in [("", [26_007, 27_684]), ("memory_rate=40", [75_847, 85_811])] {
        let mut layer = filled(more);
        let lists = [vec![to_both(Y, 0, "d")], vec![chained(A, Y, ""), copy(Y, 0, bytes, "y")]];
        for (list, cycles) in lists.iter().zip(cycles) {
            let Ended { error, cycles: found, written, .. } = layer.list(list);
            assert_eq!((error, written), (0, bytes / 8));
            assert!(found.abs_diff(cycles) <= cycles / 100, "{more}: {found}");
        }
    }
}

/// Rows of the results, from both memories.
#[test]
fn results_in_both_memories_are_the_same() {
    let (back, last) = (0x1_2000, 47 * 256);
    let mut layer = filled("");
    assert_eq!(layer.list(&[chained(A, Y, "")]).error, 0);
    let expected = layer.read(Y + last, 32);
    assert!(expected.iter().any(|word| *word != 0));
    for (step, outside, inside) in [(to_both(back, 0, "d"), back, 0), (to_both(SECOND, Y, "y"), Y, SECOND)] {
        layer.write(outside + last, &[0; 256]);
        assert_eq!(layer.list(&[step]).error, 0);
        assert_eq!(layer.read(outside + last, 32), expected);
        assert_eq!(layer.list(&[copy(inside + last, outside, 256, "a")]).error, 0);
        assert_eq!(layer.read(outside, 32), expected);
    }
}

/// Rows of 64 beats and of 32 by turns: a beat a cycle, in one memory or in both.
#[test]
fn rows_to_both_memories_by_turns_lose_no_cycle() {
    let mut layer = layer("");
    let of = |local: &str, [y, d]: [u64; 2]| {
        let (y, d) = (matrix(y, 512), matrix(d, 256));
        Step { y, d, local: on_chip(local), ..rows(32, 256, 0, 2, 1, 1) }
    };
    for (local, places) in [("", [Y, WEIGHTS]), ("d", [Y, 0]), ("y", [0, Y]), ("yd", [0, 0x4000])] {
        let Ended { error, cycles, .. } = layer.list(&[of(local, places)]);
        assert_eq!(error, 0);
        assert!(cycles.abs_diff(3430) <= 20, "{local}: {cycles} for {} beats", 32 * 96);
    }
}

#[test]
fn what_is_not_there_is_an_error() {
    let mut layer = layer("");
    let good = copy(A, 0, 4096, "y");
    let end = LOCAL_WORDS * 8;
    let first = layer.list(&[good]);
    assert_eq!((first.error, first.written), (0, 0));
    let beyond = |address: u64, local: &str| Step { a: matrix(address, 256), ..copy(0, Y, 512, local) };
    for (step, error) in [
        (beyond(end, "a"), 2),
        // The last row alone is behind the end; and the first one alone, where the next is at 0 again.
        (beyond(end - 256, "a"), 2),
        (beyond(0xffff_ff00, "a"), 2),
        (Step { y: matrix(end, 256), ..good }, 4),
        (Step { y: matrix(0xffff_ff80, 256), ..good }, 4),
        // Outside, the rows do not go on from the last address to the chip.
        (beyond(0xffff_ff80, ""), 2),
        (Step { reserved: 1, ..good }, 1),
        // Results in both memories, or twice in one.
        (to_both(end, Y, "y"), 4),
        (to_both(0, 0xffff_ff80, "y"), 4),
        (to_both(Y, end, "d"), 4),
        (to_both(0xffff_ff80, 0, "d"), 4),
        (to_both(0, SECOND, "yd"), 1),
        (to_both(Y, 0x1_2000, ""), 1),
    ] {
        let ended = layer.list(&[step]);
        assert_eq!(ended.error, error, "{step:?}");
        let again = layer.list(&[good]);
        assert_eq!((again.error, again.steps), (0, 1));
    }
}

/// Rows that go backwards stay in their memory.
#[test]
fn a_stride_may_be_negative() {
    let mut layer = layer("");
    let bytes: Vec<u8> = (0..64).collect();
    layer.write(A, &bytes);
    let back = Matrix { address: 56, stride: (1 << 32) - 8 };
    let (a, row) = (matrix(A, 8), rows(8, 4, 0, 0, 1, 0));
    let steps = [
        Step { a, y: back, local: on_chip("y"), ..row },
        Step { a: matrix(0, 8), y: matrix(Y, 8), local: on_chip("a"), ..row },
    ];
    assert_eq!(layer.list(&steps).error, 0);
    let expected: Vec<u64> = bytes
        .chunks(8)
        .rev()
        .map(|word| word.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)))
        .collect();
    assert_eq!(layer.read(Y, 8), expected);
}

#[test]
fn without_memory_on_the_chip_no_matrix_is_there() {
    let mut layer = Layer::new(LAYER);
    for local in ["y", "d"] {
        assert_eq!(layer.list(&[to_both(Y, 0, local)]).error, 1);
    }
    for matrices in ["a", "b", "y", "c", "d"] {
        for step in [product(1, 8, 32), rows(1, 8, 0, 0, 1, 0)] {
            let ended = layer.list(&[Step { local: on_chip(matrices), ..step }]);
            assert_eq!((ended.error, ended.steps), (1, 0), "{matrices}");
        }
    }
}

#[test]
fn a_processor_finds_the_memory_on_the_chip() {
    let small = "tokens=1 d_head=8 inner=8 keys=4 row_length=8 token_words=4";
    let [mut without, mut with] =
        ["", " local_words=40"].map(|more| Processor::new(&format!("{small}{more}")));
    // INFO, and LOCAL where INFO says that it is there.
    let info = 0x4108_0801;
    assert_eq!((without.read(0x18), with.read(0x18), with.read(0x1c)), (info, 1 << 31 | info, 40));

    let copied = |from: u64, to: u64, local: &str| {
        let (a, y) = (matrix(from, 16), matrix(to, 16));
        Step { a, y, local: on_chip(local), ..rows(2, 8, 0, 0, 1, 0) }
    };
    let steps = [copied(512, 0, "y"), copied(0, 1024, "a")];
    with.memory[256..][..192].copy_from_slice(&list(&steps));
    with.memory[512..544].copy_from_slice(&(1..33).collect::<Vec<u8>>());
    let Registers { start, list, steps, .. } = Registers::new(&Default::default());
    assert_eq!([(list, 256), (start, 1)].map(|(field, data)| with.set(field, data)), [0; 2]);
    for _ in 0..1000 {
        with.cycle();
    }
    assert_eq!(with.get(steps), 2);
    assert_eq!(with.memory[1024..1056], (1..33).collect::<Vec<u8>>());
    with.check();
}
