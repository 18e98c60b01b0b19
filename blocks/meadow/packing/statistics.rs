//! How often bytes and chunks occur.

/// How often each byte occurs.
pub type OfBytes = [u32; 256];

/// Counts the bytes.
pub fn of_bytes(weights: &[u8]) -> OfBytes {
    // Several counters for each byte: one would wait for itself where bytes repeat.
    let mut counts = [[0u32; 256]; 4];
    let (fours, rest) = weights.as_chunks::<4>();
    for four in fours {
        counts.iter_mut().zip(four).for_each(|(counts, byte)| add(&mut counts[usize::from(*byte)]));
    }
    rest.iter().for_each(|byte| add(&mut counts[0][usize::from(*byte)]));
    sum(&counts)
}

/// The counts of several texts together.
pub fn sum<'c>(counts: impl IntoIterator<Item = &'c OfBytes>) -> OfBytes {
    let mut sums = [0u32; 256];
    // There are fewer than 2^32 weights.
    let add = |counts: &OfBytes| {
        sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum = sum.wrapping_add(*count))
    };
    counts.into_iter().for_each(add);
    sums
}

/// Random counts, unequal enough for codes of any length, of the bytes that occur.
pub fn scrambled(counts: &OfBytes, seed: u64) -> OfBytes {
    let mut rng = fastrand::Rng::with_seed(seed);
    counts.map(|count| if count > 0 { 1 << rng.u8(..14) } else { 0 })
}

/// Gives `take` each chunk, as a number; zeros fill the last one.
pub fn each_chunk(weights: &[u8], chunk: u32, mut take: impl FnMut(u16)) {
    match chunk {
        1 => weights.iter().for_each(|byte| take((*byte).into())),
        _ => {
            let (pairs, rest) = weights.as_chunks::<2>();
            pairs.iter().for_each(|pair| take(u16::from_le_bytes(*pair)));
            rest.iter().for_each(|byte| take((*byte).into()));
        }
    }
}

/// Counts the chunks, by their value; a vector as long as there are values.
pub fn of_chunks(weights: &[u8], chunk: u32) -> Vec<u32> {
    let mut counts = vec![0; 1 << (8 * chunk)];
    each_chunk(weights, chunk, |value| add(&mut counts[usize::from(value)]));
    counts
}

/// There are fewer than 2^32 weights.
fn add(count: &mut u32) {
    *count = count.wrapping_add(1);
}

/// The order-0 entropy of weights, in bits: the least size of a code that knows only how often each byte occurs.
pub fn entropy(counts: &OfBytes) -> f64 {
    let total: f64 = counts.iter().map(|count| f64::from(*count)).sum();
    let bits = |count: &u32| f64::from(*count) * (total / f64::from(*count)).log2();
    counts.iter().filter(|count| **count > 0).map(bits).sum()
}
