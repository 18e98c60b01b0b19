//! Blocks with handshakes: beats are transferred when `valid` and `ready` meet, in order, with any stalls.

use super::sink::Sink;
use super::traffic::Traffic;
use super::wiring::{ChannelPorts, Handshake};
use super::{Bench, Compared, Fault, Halt, Observer, Passed};
use blocks::block::Configured;
use blocks::channel::Pace;
use blocks::golden::Model;
use fastrand::Rng;
use hdl::{Bits, limbs_for};
use sim::Simulator;
use std::collections::VecDeque;

/// Cycles without any transfer, beyond the latency, after which a design with work counts as stuck; beyond the cycles of a
/// case where the latency depends on the beats. Under the heaviest stalls, 7 cycles in 8, this happens by chance once in
/// 10^57 cases.
const PATIENCE: u64 = 1000;

/// Cycles beyond the latency for which an idle design must stay silent at the end, with all its outputs ready.
const SILENCE: u64 = 8;

/// Cycles without a transfer after which a design that is being drained takes no more of the offered beats.
const SETTLED: u64 = 64;

/// Cycles of traffic before the reset in the middle of it, if the latency depends on the beats.
const ELASTIC_FILL: u64 = 24;

/// Beats that may wait for one input channel while cases are searched for a beat of another.
const LOOKAHEAD: usize = 1024;

/// An input channel: the waiting beats, and whether the first of them is offered.
struct Source {
    handshake: Handshake,
    waiting: VecDeque<(u64, Vec<Bits>)>,
    is_offered: bool,
    /// When the latest beat was taken.
    taken: Option<u64>,
}

impl Source {
    fn new(ports: &ChannelPorts) -> Source {
        let handshake = ports.handshake.expect("the timing has handshakes");
        Source { handshake, waiting: VecDeque::new(), is_offered: false, taken: None }
    }
}

struct ReadyValid<'r, S: ?Sized, O> {
    bench: Bench<'r, S, O>,
    model: Box<dyn Model>,
    /// `None` if it depends on the beats.
    latency: Option<u64>,
    traffic: Traffic,
    sources: Vec<Source>,
    sinks: Vec<Sink>,
    next_case: u64,
    /// Cycles since the last transfer.
    idle_cycles: u64,
    /// The cycle since which there are no stalls; beats taken before may still be in the design.
    free_since: u64,
    pace: Option<Pace>,
    /// For cases that are kept apart, the cycles between them, and those since the last one had its answers.
    gap: Option<u32>,
    gap_so_far: u32,
    /// Cycles without a transfer after which the design is stuck.
    patience: u64,
}

/// Drives every case and waits for all answers.
pub(super) fn run<S, O>(
    mut bench: Bench<'_, S, O>,
    block: &dyn Configured,
    latency: Option<u64>,
    stalls: Rng,
) -> Result<Passed, Halt>
where
    S: Simulator + ?Sized,
    O: Observer<S>,
{
    bench.start(latency.unwrap_or(ELASTIC_FILL))?;
    let mut run = ReadyValid {
        sources: bench.wiring.inputs.iter().map(Source::new).collect(),
        sinks: bench.wiring.outputs.iter().map(Sink::new).collect(),
        traffic: Traffic::new(stalls),
        next_case: bench.cases.start,
        idle_cycles: 0,
        free_since: 0,
        pace: block.pace(),
        gap: block.gap_between_cases(),
        gap_so_far: u32::MAX,
        patience: PATIENCE
            + latency.unwrap_or_else(|| block.cycles_per_case())
            + u64::from(block.gap_between_cases().unwrap_or(0)),
        bench,
        model: block.model(),
        latency,
    };
    while run.has_work() {
        run.refill()?;
        run.cycle()?;
        run.check_progress()?;
    }
    run.traffic.flow_freely();
    (0..latency.unwrap_or(0) + SILENCE).try_for_each(|_| run.cycle())?;
    let mut compared = Compared::default();
    run.sinks.iter().for_each(|sink| sink.board.report(&mut compared));
    Ok(Passed { cycles: run.bench.cycle, compared })
}

impl<S: Simulator + ?Sized, O: Observer<S>> ReadyValid<'_, S, O> {
    fn has_work(&self) -> bool {
        self.next_case < self.bench.cases.end
            || self.sources.iter().any(|source| !source.waiting.is_empty())
            || self.owes()
    }

    fn owes(&self) -> bool {
        self.owed() > 0
    }

    fn owed(&self) -> usize {
        self.sinks.iter().map(|sink| sink.board.count()).sum()
    }

    fn offers(&self) -> bool {
        self.sources.iter().any(|source| source.is_offered)
    }

    /// Makes cases until every input channel has a beat to offer.
    fn refill(&mut self) -> Result<(), Halt> {
        if self.gap.is_some_and(|gap| !self.is_apart(gap)) {
            return Ok(());
        }
        let (space, sources) = (self.bench.space, &mut self.sources);
        while self.next_case < self.bench.cases.end
            && sources.iter().any(|source| source.waiting.is_empty())
            && sources.iter().all(|source| source.waiting.len() < LOOKAHEAD)
        {
            let case = self.next_case;
            (space.make)(case, &mut |channel, beat| {
                sources[channel].waiting.push_back((case, beat.to_vec()))
            });
            self.next_case += 1;
            self.bench.advance_to(self.next_case)?;
            if self.gap.is_some() {
                break;
            }
        }
        Ok(())
    }

    /// True once the last case has had all its answers for more than `gap` cycles.
    fn is_apart(&mut self, gap: u32) -> bool {
        let is_amid_case = self.owes() || self.sources.iter().any(|source| !source.waiting.is_empty());
        self.gap_so_far = if is_amid_case { 0 } else { self.gap_so_far.saturating_add(1) };
        self.gap_so_far > gap
    }

    fn cycle(&mut self) -> Result<(), Fault> {
        (0..self.sources.len()).for_each(|channel| self.offer(channel));
        for sink in &mut self.sinks {
            sink.is_ready = self.traffic.is_ready(sink.is_held);
            self.bench.simulator.poke_u64(sink.handshake.ready, sink.is_ready.into());
        }
        self.idle_cycles += 1;
        let owed = self.owed();
        (0..self.sources.len()).try_for_each(|channel| self.take(channel, owed))?;
        for sink in &mut self.sinks {
            if sink.look(&mut self.bench)? {
                self.idle_cycles = 0;
            }
        }
        self.bench.tick()?;
        // A beat that is still offered may be waiting for a beat of another channel, which is not offered any more.
        if self.traffic.is_draining() && !self.owes() && (!self.offers() || self.idle_cycles > SETTLED) {
            self.traffic.flow_freely();
            self.free_since = self.bench.cycle;
        }
        Ok(())
    }

    /// Offers a channel's next beat, or noise with `valid` = 0.
    fn offer(&mut self, channel: usize) {
        let source = &mut self.sources[channel];
        if source.is_offered {
            return;
        }
        let next = source.waiting.front().filter(|_| self.traffic.offers());
        source.is_offered = next.is_some();
        self.bench.simulator.poke_u64(source.handshake.valid, source.is_offered.into());
        match next {
            Some((_, beat)) => self.bench.drive(channel, beat),
            None => self.drive_noise(channel),
        }
    }

    fn drive_noise(&mut self, channel: usize) {
        for field in &self.bench.wiring.inputs[channel].fields {
            let noise: Vec<u64> = (0..limbs_for(field.width)).map(|_| self.traffic.noise()).collect();
            self.bench.simulator.poke(field.port, &Bits::from_limbs(field.width, &noise));
        }
    }

    /// If the design takes the offered beat, so does the golden model. `owed`: the number of answers owed when the
    /// cycle began.
    fn take(&mut self, channel: usize, owed: usize) -> Result<(), Fault> {
        let (source, bench) = (&mut self.sources[channel], &mut self.bench);
        let ready = bench.simulator.peek_u64(source.handshake.ready);
        bench.observer.expected(bench.simulator, bench.case, source.handshake.ready, &[ready]);
        if !source.is_offered {
            return Ok(());
        }
        if ready == 0 {
            return self.check_pace(channel, owed);
        }
        let (case, beat) = source.waiting.pop_front().expect("a beat is on offer");
        source.is_offered = false;
        source.taken = Some(bench.cycle);
        bench.case = case;
        bench.observer.taken(channel, &beat);
        self.idle_cycles = 0;
        let is_prompt = self.traffic.flows_freely();
        let due = self.latency.filter(|_| is_prompt).map(|latency| bench.cycle + latency);
        let sinks = &mut self.sinks;
        self.model.accept(channel, &beat, &mut |output, fields| sinks[output].board.owe(case, due, fields));
        if self.traffic.taken() {
            self.sinks.iter_mut().for_each(|sink| sink.board.forget_due());
        }
        Ok(())
    }

    /// Fails if the design refuses the offered beat although its pace does not allow that in this cycle.
    fn check_pace(&self, channel: usize, owed: usize) -> Result<(), Fault> {
        let Some(Pace { interval, capacity }) = self.pace else { return Ok(()) };
        let source = &self.sources[channel];
        let (case, cycle) = (source.waiting[0].0, self.bench.cycle);
        let taken = source.taken.map(|taken| taken.max(self.free_since));
        let is_early = taken.is_some_and(|taken| cycle < taken + u64::from(interval));
        let expected = if owed < capacity as usize {
            format!("1: with {owed} answers owed, it has room for {capacity}")
        } else if self.traffic.flows_freely() && !is_early {
            format!("1: without stalls, it takes a beat every {interval} cycles")
        } else {
            return Ok(());
        };
        Err(self.bench.now().fault(case, source.handshake.ready, expected, "0".into()))
    }

    /// Fails if the design is stuck: it has work, but nothing moves.
    fn check_progress(&self) -> Result<(), Fault> {
        let patience = self.patience;
        if self.idle_cycles <= patience || !self.has_work() {
            return Ok(());
        }
        let awaited = |sink: &Sink| Some((sink.board.next()?.case, sink.handshake.valid));
        let refused = |source: &Source| Some((source.waiting.front()?.0, source.handshake.ready));
        let stuck = self.sinks.iter().find_map(awaited).or_else(|| self.sources.iter().find_map(refused));
        let (case, port) = stuck.expect("the design has work");
        let expected = format!("1 within {patience} cycles: the design is stuck");
        Err(self.bench.now().fault(case, port, expected, "0".into()))
    }
}
