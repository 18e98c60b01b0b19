//! The list of all blocks, and a user's list before it. These tests are not in the library's sources: they reach every block, and
//! what the unit tests reach is compiled once more for them.

use blocks::block::Block;
use blocks::float::fp_mul::Params;
use blocks::registry::{self, Registry};

const GOOD: Block = Block { name: "own", summary: "a block", source: "nowhere", ..Block::of::<Params>() };

fn refused(blocks: &'static [Block]) -> String {
    Registry::with(blocks).map(drop).expect_err("the list is wrong").to_string()
}

#[test]
fn the_library_is_described_rightly() {
    registry::blocks()
        .iter()
        .for_each(|block| block.check().unwrap_or_else(|reason| panic!("{}: {reason}", block.name)));
}

#[test]
fn a_users_blocks_are_before_the_librarys() {
    let registry = Registry::with(&[GOOD, Block { name: "own2", ..GOOD }]).expect("the list is right");
    let names: Vec<&str> = registry.blocks().map(|block| block.name).collect();
    assert_eq!((&names[..3], names.len()), (&["own", "own2", "pacq_mul"][..], registry::blocks().len() + 2));
    assert!(registry.find("own2").is_some() && registry.find("gelu").is_some());
    assert!(registry.find("own3").is_none());
}

#[test]
fn wrong_descriptions_are_refused() {
    let named = |name: &'static str| Block { name, ..GOOD };
    let cases: [(Block, &str); 10] = [
        (named(""), "block 1 of the list: `` cannot be its name: it is empty"),
        (
            named("a-b"),
            "block `a-b`: `a-b` cannot be its name: only letters, digits and underscores are legal",
        ),
        (named("_a"), "block `_a`: `_a` cannot be its name: it must begin with a letter"),
        (named("Adder"), "block `Adder`: `Adder` cannot be its name: its letters must be lower-case"),
        (named("fp_add"), "block `fp_add`: a block of the library has this name"),
        (Block { summary: " ", ..GOOD }, "block `own`: its summary must be one line of text: it is \" \""),
        (
            Block { source: "a\nb", ..GOOD },
            "block `own`: its source must be one line of text: it is \"a\\nb\"",
        ),
        (
            Block { variants: &["", "stages"], ..GOOD },
            "block `own`: its variant `stages` is refused: `stages` must be `name=value`",
        ),
        (
            Block { small: "stages=1 stages=1", ..GOOD },
            "block `own`: its variant `stages=1 stages=1` is refused: `stages` is given twice",
        ),
        (
            Block { mutated: &["format=fp15"], ..GOOD },
            "block `own`: its variant `format=fp15` is refused: parameter `format` cannot be `fp15`: legal values are fp16, bf16 (did you mean `fp16`?)",
        ),
    ];
    for (block, expected) in cases {
        assert_eq!(refused(Vec::leak(vec![block])), expected);
    }
    assert_eq!(refused(&[GOOD, GOOD]), "block `own`: another block of the list has this name");
}
