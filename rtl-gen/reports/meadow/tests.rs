//! The model against figures computed from its formulas by other means, to the digits given here; and against the RTL.

use super::built::Switch;
use super::design::{Design, Schedule};
use super::figures::{of_decode, of_prefill};
use super::items::{Item, Items};
use super::layer::Layer;
use super::machine::bytes_per_cycle;
use super::networks::Work;
use super::step::{Memory, Packing, Step};
use super::*;

const OPT_125M: Network = NETWORKS[0];
const OPT_1_3B: Network = NETWORKS[1];

const PACKED: Packing = Packing { ratio: PACKING, unpacked_per_cycle: UNPACKED_PER_CYCLE as f64 };

fn of(designs: Vec<Design>, name: &str) -> Design {
    designs.into_iter().find(|design| design.name == name).unwrap_or_else(|| panic!("{name}"))
}

fn prompt(name: &str) -> Design {
    of(of_prefill(PACKED), name)
}

fn total(design: &Design, work: &Work, gbps: u64) -> f64 {
    design.latency(work, gbps).total
}

/// Speed-ups at each bandwidth of the sweep, with two digits.
fn speed_ups(base: &str, design: &str, work: &Work) -> Vec<String> {
    let (base, design) = (prompt(base), prompt(design));
    let at = |gbps: u64| format!("{:.2}", total(&base, work, gbps) / total(&design, work, gbps));
    BANDWIDTHS.into_iter().map(at).collect()
}

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

#[test]
fn prompts_have_the_speed_ups_of_the_formulas() {
    for (network, tokens, base, design, expected) in [
        (OPT_125M, 128, "GEMM", "MEADOW", "1.49 1.48 1.46 1.44 1.43 1.40 1.34 1.27"),
        (OPT_125M, 128, "GEMM", "target", "2.10 2.14 2.22 2.31 2.39 2.56 3.11 2.13"),
        (OPT_125M, 128, "GEMM overlapped", "target", "2.06 2.06 2.06 2.06 2.06 2.06 2.08 1.16"),
        (OPT_125M, 512, "GEMM", "TPHS", "1.77 1.74 1.68 1.63 1.59 1.52 1.40 1.30"),
        (OPT_125M, 512, "GEMM", "packing", "1.09 1.08 1.08 1.07 1.07 1.06 1.04 1.03"),
        (OPT_125M, 512, "GEMM", "MEADOW", "2.06 2.00 1.91 1.83 1.76 1.67 1.49 1.35"),
        (OPT_125M, 512, "GEMM", "target", "4.54 4.71 5.05 5.39 5.73 4.46 2.88 2.13"),
        (OPT_125M, 512, "GEMM overlapped", "target", "4.37 4.37 4.37 4.37 4.37 3.04 1.76 1.53"),
        (OPT_1_3B, 512, "GEMM", "MEADOW", "1.85 1.79 1.69 1.62 1.56 1.48 1.35 1.25"),
        (OPT_1_3B, 512, "GEMM", "target", "2.92 3.08 3.40 3.71 3.60 2.78 1.92 1.52"),
        (OPT_1_3B, 512, "GEMM overlapped", "target", "2.76 2.76 2.76 2.76 2.47 1.64 1.26 1.17"),
        (OPT_125M, 64, "GEMM", "TPHS", "1.04 1.04 1.04 1.04 1.03 1.03 1.03 1.03"),
        (OPT_125M, 64, "GEMM", "MEADOW", "1.47 1.47 1.45 1.44 1.43 1.40 1.35 1.27"),
        (OPT_1_3B, 128, "GEMM", "MEADOW", "1.50 1.49 1.46 1.43 1.41 1.37 1.29 1.20"),
    ] {
        let found = speed_ups(base, design, &Work::prefill(network, tokens));
        assert_eq!(found, words(expected), "{design} over {base}, {} N = {tokens}", network.name);
    }
}

#[test]
fn a_prompt_of_736_tokens_reaches_the_published_speed_up() {
    let speed_up = |tokens| {
        let work = Work::prefill(OPT_125M, tokens);
        total(&prompt("GEMM"), &work, 1) / total(&prompt("MEADOW"), &work, 1)
    };
    assert!(speed_up(720) < 2.5 && speed_up(736) >= 2.5);
}

#[test]
fn a_layer_takes_the_milliseconds_of_the_formulas() {
    let work = Work::prefill(OPT_125M, 512);
    for (design, gbps, expected) in
        [("GEMM", 1, "248.37"), ("GEMM", 12, "29.22"), ("target", 1, "54.71"), ("target", 12, "6.55")]
    {
        let ms = total(&prompt(design), &work, gbps) / 1e5;
        assert_eq!(format!("{ms:.2}"), expected, "{design} at {gbps} Gbps");
    }
}

#[test]
fn a_layer_moves_the_bytes_of_the_formulas() {
    let megabytes =
        |steps: &[Step], part: fn(&Step) -> f64| format!("{:.1}", steps.iter().map(part).sum::<f64>() / 1e6);
    for (network, weights, activations) in [(OPT_125M, "7.1", "22.8"), (OPT_1_3B, "50.3", "60.8")] {
        let steps = prompt("GEMM").steps(&Work::prefill(network, 512), 1);
        assert_eq!(megabytes(&steps, |step| step.weights), weights);
        assert_eq!(megabytes(&steps, |step| step.reads + step.writes), activations);
    }
}

#[test]
fn the_pipeline_of_the_paper_is_far_from_what_its_multipliers_allow() {
    for (network, paper, bound) in [(OPT_125M, 264_192, 86_232.0), (OPT_1_3B, 704_512, 459_902.0)] {
        let work = Work::prefill(network, 512);
        assert_eq!(MACHINE.pipeline(&work, false, false).0, paper);
        let macs = work.activations() * (network.d_model + work.keys) as f64;
        assert_eq!((macs / MACHINE.multipliers() / layer::BUSY).round(), bound);
        // Groups see a few keys more than their tokens do on average.
        let shared = MACHINE.pipeline(&work, true, true).0 as f64 / layer::BUSY;
        assert!(shared > bound && shared < 1.02 * bound, "{shared}");
    }
}

#[test]
fn with_16_multipliers_the_baseline_s_attention_computes_faster() {
    let machine = Machine { lanes: 16, ..MACHINE };
    let work = Work::prefill(OPT_125M, 512);
    let macs = work.activations() * (768 + 2 * 512) as f64;
    let gemm = macs / machine.multipliers() + work.scores() / 12.0;
    assert_eq!(format!("{:.2}", gemm / machine.pipeline(&work, false, false).0 as f64), "0.68");
}

#[test]
fn decoding_is_bound_by_weights() {
    let meadow = of(of_decode(PACKED), "MEADOW");
    for (network, keys, expected) in [
        (OPT_125M, 64, "1.53"),
        (OPT_125M, 512, "1.46"),
        (OPT_125M, 1024, "1.40"),
        (OPT_1_3B, 64, "1.53"),
        (OPT_1_3B, 512, "1.51"),
    ] {
        let work = Work::decode(network, keys);
        let base = of(of_decode(PACKED), "GEMM");
        let speed_up = total(&base, &work, 1) / total(&meadow, &work, 1);
        assert_eq!(format!("{speed_up:.2}"), expected, "{} with {keys} keys", network.name);
    }
}

/// Ratios of bytes alone, without the activations of the baseline.
#[test]
fn a_decoded_token_has_the_target_of_the_formulas() {
    let design = |needed_rows, ratio| {
        let packing = Packing::of_paper(ratio);
        let schedule = Schedule::Target { needed_rows };
        Design { name: "", machine: MACHINE, schedule, packing, head_packing: packing }
    };
    let digits = |ratio: f64| format!("{ratio:.2}");
    for (network, packed, per_channel, both, with_head, meadow_with_head) in [
        (OPT_125M, "1.49", "1.50", "2.00", "1.86", "1.29"),
        (OPT_1_3B, "1.54", "1.55", "2.15", "2.09", "1.45"),
    ] {
        let work = Work::decode(network, 512);
        let over = |other: &Design| total(&design(1.0, 1.0), &work, 1) / total(other, &work, 1);
        assert_eq!(digits(over(&design(1.0, PACKING))), packed);
        assert_eq!(digits(over(&design(0.1, PACKING_PER_CHANNEL))), per_channel);
        assert_eq!(digits(over(&design(0.1, PACKING))), both);
        let token = |design: &Design| design.token(&work, 1).iter().sum::<f64>();
        let whole = |other: &Design| token(&design(1.0, 1.0)) / token(other);
        assert_eq!(digits(whole(&design(0.1, PACKING))), with_head);
        let meadow = Design { head_packing: Packing::NONE, ..design(1.0, published::PACKING) };
        assert_eq!(digits(whole(&meadow)), meadow_with_head);
    }
}

#[test]
fn meadow_gives_two_tokens_of_opt_1_3b_in_a_second() {
    let layers = of(of_decode(PACKED), "MEADOW").token(&Work::decode(OPT_1_3B, 64), 12)[0];
    assert_eq!(format!("{:.1}", 1e8 / layers), "1.9");
}

#[test]
fn ours_comes_near_its_target() {
    for network in NETWORKS {
        for tokens in TOKENS {
            let work = Work::prefill(network, tokens);
            for gbps in BANDWIDTHS {
                let share = total(&prompt("target"), &work, gbps) / total(&prompt("ours"), &work, gbps);
                // At 51 Gbps, a short prompt needs more weights than the unpacker gives.
                let least = if (tokens, gbps) == (64, 51) { 0.67 } else { 0.94 };
                assert!(
                    (least..1.0 + 1e-12).contains(&share),
                    "{} N = {tokens}, {gbps} Gbps: {share}",
                    network.name
                );
            }
        }
    }
}

#[test]
fn no_item_costs_time_beside_the_others() {
    for network in NETWORKS {
        let works = TOKENS.map(|tokens| Work::prefill(network, tokens));
        for work in works.into_iter().chain(KEYS.map(|keys| Work::decode(network, keys))) {
            for gbps in BANDWIDTHS {
                let latency = |items| {
                    let schedule = Schedule::Ours { items, needed_rows: 0.1, residual: 1.0 };
                    total(&Design { schedule, ..prompt("ours") }, &work, gbps)
                };
                for item in Item::ALL {
                    let without = latency(Items::all().without(item));
                    assert!(
                        latency(Items::all()) <= without * (1.0 + 1e-12),
                        "{item:?} at {gbps} Gbps, {work:?}"
                    );
                }
            }
        }
    }
}

/// Lent elements make a product wait for attention, and split tokens need more passes; both cost time where all passes together are no
/// shorter.
#[test]
fn no_switch_of_what_is_built_costs_much_beside_the_others() {
    let request = Request {
        networks: vec![],
        tokens: TOKENS.to_vec(),
        keys: KEYS.to_vec(),
        bandwidths: BANDWIDTHS.to_vec(),
        packing: PACKING,
        unpacked_per_cycle: UNPACKED_PER_CYCLE,
    };
    let points = [prefill(&request), decode(&request)].concat();
    for Point { network, tokens, keys, gbps, switches, .. } in &points {
        for SwitchPrice { switch, alone_off } in switches {
            let may_cost = [Switch::LentElements, Switch::SplitTokens].map(Switch::name).contains(switch);
            let least = if may_cost { 0.95 } else { 0.999 };
            assert!(*alone_off > least, "{switch}: {alone_off}, {network}, {tokens} of {keys}, {gbps} Gbps");
        }
    }
}

#[test]
fn without_items_ours_is_meadow_with_fewer_busy_multipliers() {
    let work = Work::prefill(OPT_125M, 512);
    let items = Items::NONE;
    let layer = Layer { machine: &MACHINE, work: &work, items, residual: 1.0, needed_rows: 1.0 };
    let sums = |steps: &[Step]| {
        let sum = |part: fn(&Step) -> f64| steps.iter().map(part).sum::<f64>();
        [sum(|step| step.weights), sum(|step| step.reads), sum(|step| step.writes)]
    };
    assert_eq!(sums(&layer.steps()), sums(&prompt("MEADOW").steps(&work, 1)));
}

#[test]
fn every_legal_request_has_finite_figures() {
    for (packing, unpacked_per_cycle) in [(PACKING_RATIOS[0], 1), (PACKING_RATIOS[1], MAX_UNPACKED_PER_CYCLE)]
    {
        let request = Request {
            networks: vec![],
            tokens: vec![1, 11, 13, POSITIONS],
            keys: vec![1, 65, POSITIONS],
            bandwidths: vec![1, MAX_GBPS],
            packing,
            unpacked_per_cycle,
        };
        let points = [prefill(&request), decode(&request)].concat();
        assert_eq!(points.len(), 2 * 7 * 2);
        for figure in points.iter().flat_map(|point| &point.designs) {
            let Figure { latency_ms, over_gemm, .. } = *figure;
            assert!(latency_ms > 0.0 && latency_ms.is_finite() && over_gemm > 0.0, "{figure:?}");
        }
    }
}

/// Each chunk reads the weights of the attention, and the keys and values of those before it.
#[test]
fn a_long_prompt_of_opt_1_3b_is_split_into_chunks_that_fit_on_chip() {
    let moved = |tokens| {
        let work = Work::prefill(OPT_1_3B, tokens);
        let steps = prompt("ours").steps(&work, 1);
        let weights: f64 = steps.iter().map(|step| step.weights).sum();
        let rows: f64 = steps.iter().map(|step| step.reads).sum();
        (steps.len(), weights / work.square(), rows / work.activations())
    };
    // Attention with projection, and feed-forward network, each of which reads the tokens.
    assert_eq!(moved(64), (2, 12.0, 2.0));
    // The hidden activations, four rows a token, a quarter of their bytes.
    assert_eq!(moved(512), (2, 12.0, 3.0));
    // The context and the residual stream for the projection.
    assert_eq!(moved(1024), (3, 12.0, 5.0));
    // Keys and values of the first chunk for the second.
    assert_eq!(moved(2048), (5, 16.0, 6.0));
}

#[test]
fn chunks_are_all_tokens_once() {
    let work = Work { network: OPT_125M, tokens: 13, keys: 20 };
    let chunks = work.chunks(3).into_iter().map(|chunk| (chunk.tokens, chunk.keys));
    assert_eq!(chunks.collect::<Vec<_>>(), [(5, 12), (5, 17), (3, 20)]);
}

#[test]
fn a_memory_moves_its_bits() {
    assert_eq!(bytes_per_cycle(12), 15.0);
    let step = Step { weights: 64.0, reads: 8.0, writes: 4.0, cycles: 30.0 };
    let memory = Memory { bytes_per_cycle: 2.0, packing: Packing::of_paper(2.0), is_overlapped: false };
    assert_eq!(memory.latency(&[step]).total, 16.0 + 4.0 + 2.0 + 30.0);
    assert_eq!(Memory { is_overlapped: true, ..memory }.latency(&[step]).total, 30.0);
    // An unpacker of two weights a cycle is slower than the memory.
    let packing = Packing { ratio: 2.0, unpacked_per_cycle: 2.0 };
    assert_eq!(Memory { packing, ..memory }.latency(&[step]).fetch, 32.0 + 4.0);
}

#[test]
fn products_fill_the_elements() {
    assert_eq!(MACHINE.gemm(512, 768, 768), 49_152);
    assert_eq!(MACHINE.gemm(1, 768, 768), 96);
    // Five rows by three columns, and 65 elements are two beats.
    assert_eq!(MACHINE.gemm(5, 65, 3), 2);
    assert_eq!(MACHINE.gemm(1, 64, 97), 2);
}

#[test]
fn the_rtl_of_an_element_takes_the_cycles_of_the_model() {
    for tile in tiles(1).unwrap_or_else(|error| panic!("{error}")) {
        assert_eq!(tile.measured, tile.modelled, "{}", tile.name);
    }
}
