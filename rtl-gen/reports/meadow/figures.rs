//! Tables of the report: every design at every length and bandwidth.

use super::built::{Built, Switch, on_chip};
use super::design::{Design, Schedule};
use super::items::{Item, Items};
use super::machine::{CYCLES_PER_MS, MACHINE};
use super::networks::{Network, Work};
use super::published::{self, PUBLISHED, Phase};
use super::step::Packing;
use super::{MEADOW_PER_CHANNEL, PACKING_PER_CHANNEL, Request};
use serde::Serialize;

/// A design at a length and bandwidth.
#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    /// Name of the design.
    pub design: &'static str,
    /// Bytes of weights divided by their packed bytes.
    pub packing: f64,
    /// Share of the rows of the second feed-forward matrix that are fetched.
    pub needed_rows: f64,
    /// Time of a layer's fetches, in ms.
    pub fetch_ms: f64,
    /// Time of its computation.
    pub compute_ms: f64,
    /// Time of its stores.
    pub store_ms: f64,
    /// Its latency: less than the sum of the three if they overlap.
    pub latency_ms: f64,
    /// Speed-up over all matrix products by fetch, compute and store.
    pub over_gemm: f64,
    /// Speed-up over the same with overlapping fetches, computation and stores.
    pub over_overlapped: f64,
    /// Of what is built: bytes of the memories on the chip that grow with a network.
    pub on_chip: Option<u64>,
    /// Of a decoded token.
    pub token: Option<Token>,
}

/// A decoded token: all layers, with and without the LM head.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Token {
    /// Time without the LM head, in ms.
    pub ms: f64,
    /// Time with it.
    pub with_head_ms: f64,
    /// Speed-up with it, over all matrix products by fetch, compute and store.
    pub with_head_over_gemm: f64,
}

/// What an item is worth.
#[derive(Clone, Debug, Serialize)]
pub struct Price {
    /// The item.
    pub item: &'static str,
    /// Speed-up if it alone is on, over none.
    pub alone_on: f64,
    /// Speed-up of all over all but it.
    pub alone_off: f64,
}

/// What a switch of what is built is worth.
#[derive(Clone, Debug, Serialize)]
pub struct SwitchPrice {
    /// The switch.
    pub switch: &'static str,
    /// Time if it is off, over the time with all on.
    pub alone_off: f64,
}

/// All figures of a layer at a length and bandwidth.
#[derive(Clone, Debug, Serialize)]
pub struct Point {
    /// The network.
    pub network: &'static str,
    /// New tokens.
    pub tokens: u64,
    /// Keys.
    pub keys: u64,
    /// Bandwidth of the memory.
    pub gbps: u64,
    /// The designs.
    pub designs: Vec<Figure>,
    /// The items of ours.
    pub prices: Vec<Price>,
    /// The switches of what is built.
    pub switches: Vec<SwitchPrice>,
    /// The published speed-up.
    pub published: Option<[f64; 2]>,
}

/// Shares of needed rows that are reported.
const NEEDED_ROWS: [(&str, f64); 3] = [("ours", 1.0), ("ours, 0.3 of FC2", 0.3), ("ours, 0.1 of FC2", 0.1)];

/// The fewest of them.
const FEWEST_ROWS: f64 = 0.1;

/// Built with as much memory on the chip as keeps all activations there.
pub const BUILT: Built = Built { on_chip: 16 << 20, tokens: 16, needed_rows: 1.0, off: None };

/// Built with the block RAM of a ZCU102.
const SMALL: Built = Built { on_chip: 4 << 20, tokens: 16, needed_rows: 1.0, off: None };

fn design(name: &'static str, schedule: Schedule, packing: Packing) -> Design {
    // MEADOW does not pack the LM head.
    let head_packing = match schedule {
        Schedule::Gemm | Schedule::GemmOverlapped | Schedule::Tphs => Packing::NONE,
        Schedule::Ours { .. } | Schedule::Built(_) | Schedule::Target { .. } => packing,
    };
    Design { name, machine: MACHINE, schedule, packing, head_packing }
}

fn ours(name: &'static str, items: Items, needed_rows: f64, packing: Packing) -> Design {
    design(name, Schedule::Ours { items, needed_rows, residual: 1.0 }, packing)
}

/// Nothing waits in it, not even for the unpacker.
fn target(name: &'static str, needed_rows: f64, packing: Packing) -> Design {
    design(name, Schedule::Target { needed_rows }, Packing::of_paper(packing.ratio))
}

/// The baselines, which every speed-up is over.
fn baselines() -> [Design; 2] {
    [("GEMM", Schedule::Gemm), ("GEMM overlapped", Schedule::GemmOverlapped)]
        .map(|(name, schedule)| design(name, schedule, Packing::NONE))
}

/// The designs of a prompt.
pub fn of_prefill(packing: Packing) -> Vec<Design> {
    let wide = Schedule::Ours { items: Items::all(), needed_rows: 1.0, residual: 2.0 };
    let others = [
        design("packing", Schedule::Gemm, Packing::of_paper(published::PACKING)),
        design("TPHS", Schedule::Tphs, Packing::NONE),
        design("MEADOW", Schedule::Tphs, Packing::of_paper(published::PACKING)),
        ours("ours", Items::all(), 1.0, packing),
        design("ours, 16-bit residual", wide, packing),
        design("built", Schedule::Built(BUILT), packing),
        design("built, 4 MiB", Schedule::Built(SMALL), packing),
        target("target", 1.0, packing),
    ];
    baselines().into_iter().chain(others).collect()
}

/// The designs of a decoded token. TPHS helps little for one token: MEADOW is the baseline with packed weights.
pub fn of_decode(packing: Packing) -> Vec<Design> {
    let mut designs = baselines().to_vec();
    designs.push(design("MEADOW", Schedule::Gemm, Packing::of_paper(published::PACKING)));
    designs.push(design("MEADOW, per channel", Schedule::Gemm, Packing::of_paper(MEADOW_PER_CHANNEL)));
    designs.extend(NEEDED_ROWS.map(|(name, needed)| ours(name, Items::all(), needed, packing)));
    designs.push(ours(
        "ours, 0.1, per channel",
        Items::all(),
        FEWEST_ROWS,
        Packing { ratio: PACKING_PER_CHANNEL, ..packing },
    ));
    designs.push(design("built", Schedule::Built(BUILT), packing));
    let sparse = |name, needed_rows| design(name, Schedule::Built(Built { needed_rows, ..BUILT }), packing);
    designs.extend([sparse("built, 0.3 of FC2", 0.3), sparse("built, 0.1 of FC2", FEWEST_ROWS)]);
    designs.push(target("target, 0.1 of FC2", FEWEST_ROWS, packing));
    designs
}

/// Prompts.
pub fn prefill(request: &Request) -> Vec<Point> {
    let work = |network| request.tokens.iter().map(move |tokens| Work::prefill(network, *tokens));
    points(request, Phase::Prefill, work)
}

/// Decoded tokens.
pub fn decode(request: &Request) -> Vec<Point> {
    let work = |network| request.keys.iter().map(move |keys| Work::decode(network, *keys));
    points(request, Phase::Decode, work)
}

fn points<W: Iterator<Item = Work>>(
    request: &Request,
    phase: Phase,
    work: impl Fn(Network) -> W,
) -> Vec<Point> {
    let work: Vec<Work> = request.networks().flat_map(work).collect();
    let places = work.iter().flat_map(|work| request.bandwidths.iter().map(move |gbps| (work, *gbps)));
    places.map(|(work, gbps)| point(work, gbps, phase, request.packing())).collect()
}

fn point(work: &Work, gbps: u64, phase: Phase, packing: Packing) -> Point {
    let (designs, needed_rows) = match phase {
        Phase::Prefill => (of_prefill(packing), 1.0),
        Phase::Decode => (of_decode(packing), FEWEST_ROWS),
    };
    let name = work.network.name;
    let published =
        PUBLISHED.iter().find(|range| (range.network, range.phase, range.gbps) == (name, phase, gbps));
    Point {
        network: name,
        tokens: work.tokens,
        keys: work.keys,
        gbps,
        designs: designs.iter().map(|design| figure(design, work, gbps, phase)).collect(),
        prices: prices(work, gbps, phase, needed_rows, packing),
        switches: switches(work, gbps, phase, needed_rows, packing),
        published: published.map(|range| range.speed_up),
    }
}

fn figure(design: &Design, work: &Work, gbps: u64, phase: Phase) -> Figure {
    let latency = design.latency(work, gbps);
    let over = baselines().map(|baseline| baseline.latency(work, gbps).total / latency.total);
    Figure {
        design: design.name,
        packing: design.packing.ratio,
        needed_rows: match design.schedule {
            Schedule::Ours { needed_rows, .. } | Schedule::Target { needed_rows } => needed_rows,
            Schedule::Built(Built { needed_rows, .. }) => needed_rows,
            Schedule::Gemm | Schedule::GemmOverlapped | Schedule::Tphs => 1.0,
        },
        fetch_ms: latency.fetch / CYCLES_PER_MS,
        compute_ms: latency.compute / CYCLES_PER_MS,
        store_ms: latency.store / CYCLES_PER_MS,
        latency_ms: latency.total / CYCLES_PER_MS,
        over_gemm: over[0],
        over_overlapped: over[1],
        on_chip: match design.schedule {
            Schedule::Built(built) => Some(on_chip(&built.run(work, gbps, design.packing).params)),
            Schedule::Gemm
            | Schedule::GemmOverlapped
            | Schedule::Tphs
            | Schedule::Ours { .. }
            | Schedule::Target { .. } => None,
        },
        token: match phase {
            Phase::Prefill => None,
            Phase::Decode => Some(token(design, work, gbps)),
        },
    }
}

fn token(design: &Design, work: &Work, gbps: u64) -> Token {
    let [layers, head] = design.token(work, gbps);
    let with_head = layers + head;
    let of_gemm: f64 = baselines()[0].token(work, gbps).iter().sum();
    Token {
        ms: layers / CYCLES_PER_MS,
        with_head_ms: with_head / CYCLES_PER_MS,
        with_head_over_gemm: of_gemm / with_head,
    }
}

fn prices(work: &Work, gbps: u64, phase: Phase, needed_rows: f64, packing: Packing) -> Vec<Price> {
    let latency = |items, packing| ours("", items, needed_rows, packing).latency(work, gbps).total;
    let (none, all) = (latency(Items::NONE, packing), latency(Items::all(), packing));
    let of_item = |item: Item| Price {
        item: item.name(),
        alone_on: none / latency(Items::NONE.with(item), packing),
        alone_off: latency(Items::all().without(item), packing) / all,
    };
    let packed = Price {
        item: "packing",
        alone_on: latency(Items::NONE, Packing::NONE) / none,
        alone_off: latency(Items::all(), Packing::NONE) / all,
    };
    // A prompt needs every row.
    let matters = |item: &Item| phase == Phase::Decode || *item != Item::SparseRows;
    Item::ALL.into_iter().filter(matters).map(of_item).chain([packed]).collect()
}

fn switches(work: &Work, gbps: u64, phase: Phase, needed_rows: f64, packing: Packing) -> Vec<SwitchPrice> {
    let cycles = |off| Built { needed_rows, off, ..BUILT }.run(work, gbps, packing).cycles;
    let all = cycles(None);
    let price = |switch: Switch| SwitchPrice { switch: switch.name(), alone_off: cycles(Some(switch)) / all };
    // A prompt needs every row.
    let matters = |switch: &Switch| phase == Phase::Decode || *switch != Switch::SparseRows;
    Switch::ALL.into_iter().filter(matters).map(price).collect()
}
