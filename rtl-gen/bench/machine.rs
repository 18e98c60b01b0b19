//! What the figures were measured on.

use std::fs;

/// The processor, its number of threads, and the vector instructions that matter.
pub fn machine() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(name));
        line.and_then(|line| line.split_once(':')).map_or("", |(_, value)| value.trim())
    };
    let flags: Vec<&str> = field("flags").split(' ').collect();
    let known = ["avx2", "avx512f", "avx512bw"].into_iter().filter(|flag| flags.contains(flag));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{}, {threads} threads, {}", field("model name"), known.collect::<Vec<_>>().join(" "))
}
