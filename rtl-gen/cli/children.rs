//! The processes below this one: simulators and compilers.

use rustix::process::{Pid, Signal, kill_process};
use std::{fs, process};

/// Asks every process below this one to end. Linux lists them; elsewhere they end by themselves.
pub fn end_all() {
    end_below(process::id());
}

fn end_below(parent: u32) {
    for child in children(parent) {
        end_below(child);
        if let Some(pid) = i32::try_from(child).ok().and_then(Pid::from_raw) {
            // It may have ended in the meantime.
            let _ = kill_process(pid, Signal::TERM);
        }
    }
}

fn children(parent: u32) -> Vec<u32> {
    let tasks = fs::read_dir(format!("/proc/{parent}/task")).into_iter().flatten().flatten();
    let lists = tasks.map(|task| fs::read_to_string(task.path().join("children")).unwrap_or_default());
    lists.flat_map(|list| list.split_whitespace().flat_map(str::parse).collect::<Vec<u32>>()).collect()
}
