//! Steps of a schedule, and their latency behind a memory.

/// A step: what it moves and computes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Step {
    /// Bytes of weights, before packing.
    pub weights: f64,
    /// Other bytes that it fetches.
    pub reads: f64,
    /// Bytes that it stores.
    pub writes: f64,
    /// Cycles that it computes.
    pub cycles: f64,
}

/// How weights are packed.
#[derive(Clone, Copy, Debug)]
pub struct Packing {
    /// Their bytes divided by their packed bytes.
    pub ratio: f64,
    /// Weights that the unpacker gives in a cycle.
    pub unpacked_per_cycle: f64,
}

impl Packing {
    /// Not packed.
    pub const NONE: Packing = Packing::of_paper(1.0);

    /// The paper does not say how fast its unpacker is, and leaves it out of the latency.
    pub const fn of_paper(ratio: f64) -> Packing {
        Packing { ratio, unpacked_per_cycle: f64::INFINITY }
    }
}

/// How steps reach the memory.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    /// Bytes in a cycle.
    pub bytes_per_cycle: f64,
    /// How weights are packed.
    pub packing: Packing,
    /// Whether a step fetches and stores while it computes (double buffers).
    pub is_overlapped: bool,
}

/// The latency of a schedule in cycles, and its three parts. They add up to the latency unless they overlap.
#[derive(Clone, Copy, Debug, Default)]
pub struct Latency {
    /// Fetching.
    pub fetch: f64,
    /// Computing.
    pub compute: f64,
    /// Storing.
    pub store: f64,
    /// All.
    pub total: f64,
}

impl Memory {
    /// The latency of steps one after the other.
    pub fn latency(&self, steps: &[Step]) -> Latency {
        steps.iter().map(|step| self.of_step(step)).fold(Latency::default(), |sum, step| Latency {
            fetch: sum.fetch + step.fetch,
            compute: sum.compute + step.compute,
            store: sum.store + step.store,
            total: sum.total + step.total,
        })
    }

    fn of_step(&self, step: &Step) -> Latency {
        let Packing { ratio, unpacked_per_cycle } = self.packing;
        let unpacking = step.weights / unpacked_per_cycle;
        let weights = (step.weights / ratio / self.bytes_per_cycle).max(unpacking);
        let fetch = weights + step.reads / self.bytes_per_cycle;
        let store = step.writes / self.bytes_per_cycle;
        let total = match self.is_overlapped {
            true => step.cycles.max(fetch + store),
            false => step.cycles + fetch + store,
        };
        Latency { fetch, compute: step.cycles, store, total }
    }
}
