//! No user's text panics a parser of the command.

use crate::block::selection::{Given, parse_setting};
use crate::block::{config, kept};
use crate::files::manifest::Earlier;
use crate::terminal::number;
use blocks::registry;
use test_support::fuzz::{survives, survives_text};

#[test]
fn parameter_files() {
    let corpus = [
        "weight_bits = 2\nproduct = \"rounded\" # a comment\ndual_mode = true\n",
        "[pacq_mul]\nstages = 1\n",
        "stages = 1\nstages = 0x2\n",
        "a.b.c = [1, {d = 1979-05-27T07:32:00Z}, 'x']\n\"\" = '''\n'''\n",
        "a = [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
        "\u{feff}a = 1_000_000_000_000_000_000_000\r\nb = +inf\r\n",
    ];
    survives_text(&corpus, |text| {
        let _ = config::parse(text);
    });
}

/// Settings, one per line.
#[test]
fn settings_of_blocks_and_of_sweeps() {
    let corpus = [
        "weight_bits=2,4\nproduct=exact\nstages=0,1,2,3",
        "lanes=64\nweight_bits=8\nproduct=literal\nactivation=bf16",
        "length=4096\nlanes=32\noutput_bits=16",
        "max_group=1048576\nterms=16\ngroup_n=4\nresult=fp16",
        "rows=32\nrows_per_beat=1\ntime_steps=16\nmax_k=1048576\nsum_bits=4\nthreshold=1073741824",
        "=\n=1\na=\n a = b = c ",
    ];
    let blocks = registry::blocks();
    survives_text(&corpus, |text| {
        let settings = text.lines().filter_map(|line| parse_setting(line).ok()).collect();
        let given = Given::of(settings);
        for block in blocks {
            let _ = given.configure(block, &[]);
        }
        // A space of few points is configured; points of a sweep are refused or configured one by one.
        if let Ok((_, points)) = given.points() {
            points.iter().take(4).for_each(|point| drop(point.configure(&blocks[0], &[])));
        }
    });
}

#[test]
fn arguments() {
    survives_text(&["weight_bits=2,4", "a=1,,4294967296", "=", "18446744073709551616", "-1"], |text| {
        let kept = kept::parse(text);
        let _ = kept.map(|kept| (kept::check(std::slice::from_ref(&kept)).is_ok(), kept));
        let _ = (number::seed(text), parse_setting(text));
    });
}

#[test]
fn manifests() {
    let corpus = [
        "{\"generator\": \"gen-rtl\", \"files\": {\"a.v\": {\"bytes\": 1, \"sha256\": \"00\"}}, \"testbench\": {\"program\": \"x\"}}",
        "{\"generator\": 1, \"files\": {\"../../etc\": {\"bytes\": -1}}}",
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    ];
    survives(&corpus, |bytes| drop(Earlier::parse(bytes)));
}
