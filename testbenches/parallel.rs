//! A numbered set of cases, shared between threads.

use std::num::NonZero;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

/// Calls `work` for every range of `chunk` cases, on `threads` threads, each range as one piece.
///
/// If ranges fail, the error is that of the first one by number, whatever the number of threads: ranges are begun in
/// order, and one that was begun is finished.
pub(crate) fn each_chunk<T: Send, E: Send>(
    cases: u64,
    chunk: NonZero<u64>,
    threads: usize,
    work: impl Fn(Range<u64>) -> Result<T, E> + Sync,
) -> Result<Vec<T>, E> {
    let (next, has_failed) = (AtomicU64::new(0), AtomicBool::new(false));
    let count = cases.div_ceil(chunk.get());
    let worker = || {
        let mut done = vec![];
        while !has_failed.load(Ordering::Relaxed) {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= count {
                break;
            }
            let start = index * chunk.get();
            let result = work(start..(start + chunk.get()).min(cases));
            has_failed.fetch_or(result.is_err(), Ordering::Relaxed);
            done.push((index, result));
        }
        done
    };
    let mut all = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(worker)).collect();
        let done = workers.into_iter().map(|worker| worker.join());
        done.flat_map(|done| done.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect::<Vec<_>>()
    });
    all.sort_unstable_by_key(|(index, _)| *index);
    all.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHUNK: NonZero<u64> = NonZero::new(10).unwrap();

    #[test]
    fn every_case_is_worked_on_once() {
        for (cases, threads) in [(0, 2), (1, 2), (10, 1), (1234, 3), (50, 0)] {
            let ranges = each_chunk(cases, CHUNK, threads, Ok::<_, ()>).unwrap();
            assert!(ranges.iter().flat_map(Clone::clone).eq(0..cases));
            assert!(ranges.iter().all(|range| range.end - range.start <= CHUNK.get()));
        }
    }

    #[test]
    fn the_first_failure_counts() {
        let work = |range: Range<u64>| if range.start >= 70 { Err(range.start) } else { Ok(()) };
        for threads in 1..5 {
            assert_eq!(each_chunk(1000, CHUNK, threads, work).unwrap_err(), 70);
        }
    }
}
