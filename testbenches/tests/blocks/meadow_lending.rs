//! MEADOW's attention stages lend their elements: products of others and attention, in turns.

use crate::run::Run;
use blocks::channel::{Beat, Channel, Interface, Timing};
use blocks::common::lanes::{apart, corner_weighted, flag, joined};
use blocks::meadow::meadow_attention_head::model::{JOB, KEYS, VALUES};
use blocks::meadow::meadow_attention_head::stimulus;
use blocks::meadow::meadow_decoder_layer::Params;
use blocks::meadow::meadow_decoder_layer::rtl::attention::attention;
use fastrand::Rng;
use hdl::{Bits, Clocking, Design};
use std::collections::VecDeque;

/// The channels into the attention.
const JOBS: usize = 0;
const QUERIES: usize = 1;
const KEY_ROWS: usize = 2;
const VALUE_ROWS: usize = 3;
const LENT: usize = 4;

/// The channels out of it.
const OUT: usize = 0;
const LENT_SUMS: usize = 1;

/// Bits of an element, and of a sum.
const ELEMENT: u32 = 8;
const SUM: u32 = 32;

/// Two tokens, a row in a beat of memory.
fn params(probability_bits: u32) -> Params {
    Params { tokens: 2, d_head: 8, keys: 5, bus_bits: 64, probability_bits, ..Params::default() }
}

/// The attention, whose streams stall at random.
struct Bench {
    run: Run,
    waiting: [VecDeque<Beat>; LENT + 1],
    rng: Rng,
}

impl Bench {
    fn new(params: &Params, lends: bool, seed: u64) -> Bench {
        let head = params.head();
        let inputs = vec![
            Channel::new("job", &params.attention_job()),
            Channel::new("query", &head.queries()),
            Channel::new("keys", &params.loaded()),
            Channel::new("values", &params.loaded()),
            Channel::new("lent", &params.lent()),
        ];
        let outputs = vec![Channel::new("out", &head.out()), Channel::new("lent_sums", &params.lent_sums())];
        let of_all = |mut channels: Vec<Channel>| {
            channels.truncate(channels.len() - usize::from(!lends));
            channels
        };
        let interface =
            Interface { inputs: of_all(inputs), outputs: of_all(outputs), timing: Timing::Elastic };
        let design = Design::new(Clocking::default());
        let netlist =
            design.elaborate(attention(&design, &Params { lends, ..params.clone() })).expect("it elaborates");
        Bench { run: Run::of(&netlist, interface), waiting: Default::default(), rng: Rng::with_seed(seed) }
    }

    fn cycle(&mut self) {
        let Bench { run, waiting, rng } = self;
        for (pending, waiting) in run.pending.iter_mut().zip(waiting) {
            if pending.is_empty() && rng.u8(..4) > 0 {
                pending.extend(waiting.pop_front());
            }
        }
        run.is_ready.fill_with(|| rng.u8(..4) > 0);
        run.cycle(&[]);
    }

    /// Runs until `beats` more have come out of a channel, and gives them.
    fn next(&mut self, channel: usize, beats: usize) -> Vec<Beat> {
        let first = self.run.answers[channel].len();
        for _ in 0..10_000 {
            if self.run.answers[channel].len() >= first + beats {
                return self.run.answers[channel][first..].iter().map(|(_, beat)| beat.clone()).collect();
            }
            self.cycle();
        }
        panic!("nothing comes out any more");
    }

    /// The assertions that have failed, by name.
    fn violations(&self) -> Vec<String> {
        self.run.violations().into_iter().map(|violation| violation.path).collect()
    }
}

/// The attention of a job: what is sent before its queries, by channel, and these.
struct Attention {
    before: [(usize, Vec<Beat>); 3],
    queries: Vec<Beat>,
}

impl Attention {
    /// The next legal job of the attention head's stimulus.
    fn any(params: &Params, rng: &mut Rng) -> Attention {
        let head = params.head();
        loop {
            let mut beats: [Vec<Beat>; 6] = Default::default();
            let job =
                stimulus::job(&head, rng, None, &mut |channel, beat| beats[channel].push(beat.to_vec()));
            let Some(job) = job else { continue };
            let [_, tokens, keys, others @ ..] = &beats[JOB][0][..] else {
                panic!("a job has elements of a token, tokens, keys");
            };
            let last_key = Bits::truncated(keys.to_u128() - 1, keys.width());
            let job_beat = [&[tokens.clone(), last_key], others].concat();
            let rows = |channel: usize| beats[channel].iter().map(|row| vec![row[0].clone(), flag(true)]);
            let before = [
                (JOBS, vec![job_beat]),
                (KEY_ROWS, rows(KEYS).collect()),
                (VALUE_ROWS, rows(VALUES).collect()),
            ];
            let groups = job.tokens.div_ceil(params.tokens as usize);
            let queries = (1..=groups).map(|group| {
                vec![stimulus::elements(rng, params.tokens * params.d_head), flag(group == groups)]
            });
            return Attention { before, queries: queries.collect() };
        }
    }

    /// Sends what can be loaded while the elements are lent.
    fn begin(&self, bench: &mut Bench) {
        for (channel, beats) in &self.before {
            bench.waiting[*channel].extend(beats.iter().cloned());
        }
    }

    /// Sends the queries, and gives the results.
    fn end(&self, params: &Params, bench: &mut Bench) -> Vec<Beat> {
        bench.waiting[QUERIES].extend(self.queries.iter().cloned());
        bench.next(OUT, self.queries.len() * params.d_head as usize)
    }
}

/// Operands of lent elements for a beat of sums, and these.
fn product(params: &Params, rng: &mut Rng) -> (Vec<Beat>, Bits) {
    let [lanes, columns] = [2 * params.tokens, params.d_head].map(|count| count as usize);
    let mut sums = vec![0i64; lanes * columns];
    let length = rng.usize(1..=4);
    let beat = |place| {
        let mut any = |count| (0..count).map(|_| corner_weighted(ELEMENT, rng)).collect::<Vec<i64>>();
        let (scalars, row) = (any(lanes), any(columns));
        for (lane, sums) in sums.chunks_mut(columns).enumerate() {
            sums.iter_mut().zip(&row).for_each(|(sum, element)| *sum += scalars[lane] * element);
        }
        vec![joined(ELEMENT, &scalars), joined(ELEMENT, &row), flag(place == length)]
    };
    let beats = (1..=length).map(beat).collect();
    (beats, joined(SUM, &sums))
}

#[test]
fn lent_elements_make_products_and_then_the_same_attention() {
    for (seed, probability_bits) in [(1, 8), (2, 16)] {
        let params = params(probability_bits);
        let mut rng = Rng::with_seed(seed);
        let [mut lending, mut plain] = [true, false].map(|lends| Bench::new(&params, lends, seed));
        for turn in 0..16 {
            let attention = Attention::any(&params, &mut rng);
            attention.begin(&mut lending);
            let (beats, sums): (Vec<_>, Vec<Bits>) = (0..6).map(|_| product(&params, &mut rng)).unzip();
            lending.waiting[LENT].extend(beats.concat());
            for (found, expected) in lending.next(LENT_SUMS, sums.len()).iter().zip(sums) {
                assert_eq!(apart(SUM, &found[0]), apart(SUM, &expected), "turn {turn}");
            }
            attention.begin(&mut plain);
            let [found, expected] = [&mut lending, &mut plain].map(|bench| attention.end(&params, bench));
            assert!(found == expected, "the results of turn {turn} differ");
        }
        assert_eq!([lending.violations(), plain.violations()], [vec![] as Vec<String>, vec![]]);
    }
}

#[test]
fn elements_that_change_hands_too_early_are_noticed() {
    let noticed = |begin: fn(&mut Bench, &Attention, Vec<Beat>)| {
        let params = params(8);
        let mut rng = Rng::with_seed(3);
        let mut bench = Bench::new(&params, true, 3);
        let attention = Attention::any(&params, &mut rng);
        attention.begin(&mut bench);
        (0..100).for_each(|_| bench.cycle());
        begin(&mut bench, &attention, product(&params, &mut rng).0);
        (0..100).for_each(|_| bench.cycle());
        bench.violations().iter().any(|name| name.ends_with("changes_hands_while_empty"))
    };
    assert!(!noticed(|bench, _, product| bench.waiting[LENT].extend(product)));
    assert!(!noticed(|bench, attention, _| bench.waiting[QUERIES].extend(attention.queries.clone())));
    assert!(noticed(|bench, attention, mut product| {
        // The sums end behind the queries.
        let last = product.pop().expect("there is a beat");
        bench.waiting[LENT]
            .extend([product, vec![vec![last[0].clone(), last[1].clone(), flag(false)]]].concat());
        (0..20).for_each(|_| bench.cycle());
        bench.waiting[QUERIES].extend(attention.queries.clone());
    }));
}
