//! When a testbench offers and takes beats: phases with different traffic, in turn.

use fastrand::Rng;

/// One kind of traffic. Chances are in 256ths, for each channel and cycle.
struct Phase {
    /// The chance that an input channel with nothing offered stays idle.
    idle: u8,
    /// When an output channel is ready.
    ready: Ready,
    /// Number of beats taken by the design until the next phase.
    beats: u64,
}

enum Ready {
    /// Always ready, except with this chance.
    Unless(u8),
    /// Only after `valid` was seen: a design whose `valid` waits for `ready` gets stuck.
    AfterValid,
}

/// The first phase is the one without stalls, in which latency is measured.
const PHASES: [Phase; 6] = [
    Phase { idle: 0, ready: Ready::Unless(0), beats: 256 },
    Phase { idle: 32, ready: Ready::Unless(32), beats: 96 },
    Phase { idle: 224, ready: Ready::Unless(0), beats: 16 },
    Phase { idle: 0, ready: Ready::Unless(224), beats: 32 },
    Phase { idle: 128, ready: Ready::Unless(128), beats: 64 },
    Phase { idle: 0, ready: Ready::AfterValid, beats: 32 },
];

/// The phases, repeated.
pub(super) struct Traffic {
    rng: Rng,
    phase: usize,
    beats_left: u64,
    /// The design empties before the phase without stalls begins.
    is_draining: bool,
}

impl Traffic {
    pub(super) fn new(rng: Rng) -> Traffic {
        Traffic { rng, phase: 0, beats_left: PHASES[0].beats, is_draining: false }
    }

    /// True if there are no stalls.
    pub(super) fn flows_freely(&self) -> bool {
        self.phase == 0 && !self.is_draining
    }

    /// Whether an input channel with nothing offered starts to offer a beat in this cycle.
    pub(super) fn offers(&mut self) -> bool {
        !self.is_draining && self.rng.u8(..) >= PHASES[self.phase].idle
    }

    /// Whether an output channel is ready in this cycle. `was_offered`: it offered a beat in the last cycle that was
    /// not taken.
    pub(super) fn is_ready(&mut self, was_offered: bool) -> bool {
        match PHASES[self.phase].ready {
            Ready::Unless(chance) => self.rng.u8(..) >= chance,
            Ready::AfterValid => was_offered,
        }
    }

    /// The design took a beat. True if a phase ended.
    pub(super) fn taken(&mut self) -> bool {
        self.beats_left = self.beats_left.saturating_sub(1);
        let ended = self.beats_left == 0 && !self.is_draining;
        if ended && self.phase + 1 == PHASES.len() {
            self.is_draining = true;
        } else if ended {
            self.begin(self.phase + 1);
        }
        ended
    }

    /// True if nothing is offered until the design is empty.
    pub(super) fn is_draining(&self) -> bool {
        self.is_draining
    }

    /// From here on there are no stalls: the design is empty.
    pub(super) fn flow_freely(&mut self) {
        self.is_draining = false;
        self.begin(0);
    }

    fn begin(&mut self, phase: usize) {
        self.phase = phase;
        self.beats_left = PHASES[phase].beats;
    }

    /// Noise for ports whose value must not matter.
    pub(super) fn noise(&mut self) -> u64 {
        self.rng.u64(..)
    }
}
