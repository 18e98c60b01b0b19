//! `gen-rtl simulate` and `model` on a memory with a list of steps.

use crate::support::Workplace;
use std::fs;

/// A small block.
const SMALL: [&str; 6] = [
    "--set=tokens=1",
    "--set=d_head=8",
    "--set=inner=8",
    "--set=keys=4",
    "--set=row_length=8",
    "--set=token_words=4",
];

/// Places in the memory.
const TOKENS: u32 = 0x100;
const WEIGHTS: u32 = 0x140;
const RESULTS: u32 = 0x1c0;
const SIZE: usize = 0x200;

/// A product of two tokens.
fn product() -> [u32; 16] {
    let mut step = [0; 16];
    step[1..7].copy_from_slice(&[TOKENS, 8, WEIGHTS, 8, RESULTS, 8]);
    // Rows and elements, columns, and a scale of 1.
    (step[11], step[12], step[13]) = (2 | 8 << 16, 8, 1);
    step
}

const END: [u32; 16] = {
    let mut step = [0; 16];
    step[0] = 3;
    step
};

/// A memory with a list, two tokens, and weights that double an element and add 5.
fn memory(list: &[[u32; 16]]) -> Vec<u8> {
    let mut bytes: Vec<u8> = list.iter().flatten().flat_map(|word| word.to_le_bytes()).collect();
    bytes.resize(SIZE, 0);
    for element in 0..16 {
        bytes[TOKENS as usize + element] = (element as i8 - 8) as u8;
    }
    for column in 0..8 {
        let record = WEIGHTS as usize + 8 * column;
        bytes[record..record + 6].copy_from_slice(&[5, 0, 0, 0, 1, 0]);
        bytes[WEIGHTS as usize + 64 + 9 * column] = 2;
    }
    bytes
}

/// A folder with the memory in `layer.bin`.
fn workplace(list: &[[u32; 16]]) -> Workplace {
    let workplace = Workplace::new();
    fs::write(workplace.path().join("layer.bin"), memory(list)).unwrap();
    workplace
}

fn simulate<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["simulate"], &SMALL[..], more].concat()
}

#[test]
fn a_list_on_the_hardware_is_the_models() {
    let workplace = workplace(&[product(), END]);
    let files = ["--memory=layer.bin", "--list=0x0"];
    let printed = workplace
        .run(&simulate(&[&files[..], &["--set=memory_rate=40", "--out=found.bin"]].concat()))
        .succeeded();
    for expected in [
        "steps done: 1 (products 1, attention 0, rows 0), in ",
        "  tokens and weights       128            8",
        "all 1,024 words of memory agree with the golden model",
    ] {
        assert!(printed.contains(expected), "{printed}");
    }
    let model = [&["model", "meadow_decoder_layer"], &SMALL[..], &files, &["--out=golden.bin"]].concat();
    assert_eq!(workplace.run(&model).succeeded(), "golden.bin\n");
    let found = workplace.read_bytes("found.bin");
    assert_eq!(found, workplace.read_bytes("golden.bin"));
    let expected: Vec<u8> = (0..16).map(|element| (2 * (element - 8) + 5) as u8).collect();
    assert_eq!(found[RESULTS as usize..][..16], expected);
    assert_eq!(
        (found.len(), &found[..RESULTS as usize]),
        (8192, &memory(&[product(), END])[..RESULTS as usize])
    );
}

/// A copy of a row of 8 bytes.
fn copied(from: u32, to: u32, local: u32) -> [u32; 16] {
    let mut step = [0; 16];
    step[0] = 2 | 1 << 13 | local << 21;
    (step[1], step[5], step[11], step[13]) = (from, to, 1 | 4 << 16, 1);
    step
}

/// A product whose results go to a second place too, behind the end of on-chip memory.
fn with_second(local: u32) -> [u32; 16] {
    let mut step = product();
    step[0] |= 1 << 15 | local << 21;
    (step[9], step[10]) = (32, 8);
    step
}

/// The tokens and the results of a product in on-chip memory.
#[test]
fn matrices_may_be_on_the_chip() {
    const A: u32 = 1;
    const Y: u32 = 4;
    const D: u32 = 16;
    let mut inside = product();
    inside[0] |= (A | Y) << 21;
    (inside[1], inside[5], inside[11]) = (8, 16, 1 | 8 << 16);
    let with_local = ["--memory=layer.bin", "--list=0x0", "--set=local_words=4"];
    let list = [copied(TOKENS, 8, Y), inside, copied(16, RESULTS, A), END];
    let workplace = workplace(&list);
    let printed = workplace.run(&simulate(&[&with_local[..], &["--out=found.bin"]].concat())).succeeded();
    assert!(printed.contains("all 1,024 words of memory agree with the golden model"), "{printed}");
    let expected: Vec<u8> = (0..8).map(|element| (2 * (element - 8) + 5) as u8).collect();
    assert_eq!(workplace.read_bytes("found.bin")[RESULTS as usize..][..8], expected);

    let beyond = copied(TOKENS, 32, Y);
    for (list, expected) in [
        (
            vec![inside, END],
            "step 0 of the list, at 0x0, reads words of the on-chip memory that no step has written",
        ),
        (vec![beyond, END], "step 0 of the list, at 0x0, writes beyond the 32 bytes of the on-chip memory"),
        (
            vec![copied(32, RESULTS, A), END],
            "step 0 of the list, at 0x0, reads beyond the 32 bytes of the on-chip memory",
        ),
        (
            vec![with_second(Y | D), END],
            "keeps=0; second=1, for y and d in different memories, on a block with local_words: local of y=1, of d=1",
        ),
        (
            vec![with_second(D), END],
            "step 0 of the list, at 0x0, writes beyond the 32 bytes of the on-chip memory",
        ),
    ] {
        let workplace = self::workplace(&list);
        let stderr = workplace.run(&simulate(&with_local)).refused();
        assert!(stderr.contains(expected), "{stderr}");
    }
}

/// A product of the second token, whose first element is 0.
#[test]
fn products_of_elements_that_are_0_are_left_out() {
    let mut sparse = product();
    (sparse[0], sparse[1], sparse[11]) = (1 << 26, TOKENS + 8, 1 | 8 << 16);
    let workplace = workplace(&[sparse, END]);
    let files = ["--memory=layer.bin", "--list=0x0", "--out=found.bin"];
    let printed = workplace.run(&simulate(&files)).succeeded();
    for expected in ["  tokens and weights        56            8", "memory agree with the golden model"] {
        assert!(printed.contains(expected), "{printed}");
    }
    let expected: Vec<u8> = (0..8).map(|element| 2 * element + 5).collect();
    assert_eq!(workplace.read_bytes("found.bin")[RESULTS as usize..][..8], expected);
}

#[test]
fn a_list_that_ends_early_is_told_where() {
    let mut illegal = product();
    illegal[12] = 7;
    let mut sparse = product();
    sparse[0] = 1 << 26;
    // Five keys, and a row that is no whole word.
    let (mut attention, mut rows) = (product(), product());
    (attention[0], attention[12]) = (1, 5);
    (rows[0], rows[11]) = (2 | 1 << 13, 1 | 7 << 16);
    let mut outside = product();
    outside[1] = 0x2000;
    let mut lost = product();
    lost[5] = 0x1ff8;
    for (list, at, expected) in [
        (
            vec![product(), illegal, END],
            "0",
            "step 1 of the list, at 0x40, is illegal\n  help: a product: columns=7, a multiple of 8",
        ),
        (
            vec![sparse],
            "0",
            "keeps=0; sparse=1, for a product of one row with keeps=0 and packed=0, on a block",
        ),
        (
            vec![attention],
            "0",
            "at 0x0, is illegal\n  help: attention: columns=5 of 1 to 4, valid=0 of 0 to columns; inner=8 of",
        ),
        (vec![rows], "0", "at 0x0, is illegal\n  help: rows: inner=7 of 4 to 8, in steps of 4; rows=1; "),
        (
            vec![product(), outside, END],
            "64",
            "step 0 of the list, at 0x40, reads beyond the 512 bytes of the memory",
        ),
        (vec![lost, END], "0", "step 0 of the list, at 0x0, writes beyond the 512 bytes of the memory"),
        (
            vec![END, END, END, END, END, END, END, product()],
            "0x1c0",
            "the list at 0x1c0 has no end in the 512 bytes of the memory",
        ),
    ] {
        let workplace = workplace(&list);
        let list = format!("--list={at}");
        let arguments = simulate(&["--memory=layer.bin", &list, "--set=memory_words=64", "--out=after.bin"]);
        let stderr = workplace.run(&arguments).refused();
        assert!(stderr.contains(expected), "{stderr}");
        assert_eq!(workplace.names("."), ["layer.bin"]);
    }
}

#[test]
fn what_is_no_list_is_refused() {
    let workplace = workplace(&[END]);
    let at = |list: &'static str| ["--memory=layer.bin", list];
    for (more, expected) in [
        (
            &at("--list=0x1c1")[..],
            "there is no step at --list 0x1c1: layer.bin has 512 bytes, and a step takes 64",
        ),
        (&at("--list=4294967295"), "there is no step at --list 0xffffffff"),
        (&at("--list=start"), "expected a byte address from 0 to 4294967295, such as 4096 or 0x1000"),
        (&at("--list=-1"), "expected a byte address from 0 to 4294967295"),
        (&at("--list=0x100000000"), "expected a byte address from 0 to 4294967295"),
        (&["--memory=absent", "--list=0"], "cannot read absent"),
        (&["--memory=layer.bin"], "--list <ADDRESS>"),
        (&["--list=0"], "--memory <FILE>"),
        (&["--memory=layer.bin", "--list=0", "--a=a.npy", "--b=b"], "cannot be used with"),
        (
            &["--memory=layer.bin", "--list=0", "--set=host=axi"],
            "parameter `host` is `axi`: a memory from a file needs `stream`",
        ),
        (&["--memory=layer.bin", "--list=0", "--set=bus_bits=32"], "bus_bits"),
        (&["--memory=layer.bin", "--list=0", "--set=memory_words=63"], "64 to 16777216"),
        (&["--memory=layer.bin", "--list=0", "--out=layer.bin"], "is the same file as the input"),
        (&["--memory=layer.bin", "--list=0", "--out=after.npy"], "use after.bin"),
        (&[], "<--a <FILE>|--memory <FILE>|--snn <NETWORK>>"),
    ] {
        let stderr = workplace.run(&simulate(more)).refused();
        assert!(stderr.contains(expected), "{more:?}: {stderr}");
    }
    fs::write(workplace.path().join("large"), vec![3; 513]).unwrap();
    let stderr = workplace.run(&simulate(&["--memory=large", "--list=0", "--set=memory_words=64"])).refused();
    let expected = "large has more than the 512 bytes of a memory of 64 words of 8 bytes\n  help: leave memory_words out";
    assert!(stderr.contains(expected), "{stderr}");
    let of_another = ["model", "pacq_mul", "--memory=layer.bin", "--list=0", "--out=after.bin"];
    let stderr = workplace.run(&of_another).refused();
    assert!(
        stderr.contains(
            "pacq_mul cannot run a list in a memory\n  help: `gen-rtl model meadow_decoder_layer` can"
        ),
        "{stderr}"
    );
    let without_out = ["model", "meadow_decoder_layer", "--memory=layer.bin", "--list=0"];
    let stderr = workplace.run(&without_out).refused();
    assert!(stderr.contains("--out must say where the results go"), "{stderr}");
}
