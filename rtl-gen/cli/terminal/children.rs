//! The processes below this one: simulators and compilers. Linux lists them; elsewhere they end by themselves.

use rustix::process::{Pid, Signal, kill_process};
use std::time::{Duration, Instant};
use std::{fs, process, thread};

/// How long a process that was ended may take to be gone.
const PATIENCE: Duration = Duration::from_millis(300);

/// Makes processes whose parent ends become children of this one, so that they are ended too.
pub fn adopt() {
    // Where the system knows no such thing, they end by themselves.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
}

/// Asks every process below this one to end.
pub fn ask_all_to_end() {
    each_below(process::id(), &|pid| send(pid, Signal::TERM));
}

/// Ends every process below this one, and waits until they are gone: they write no more.
pub fn end_all() {
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        let running: Vec<u32> = children(process::id()).into_iter().filter(|pid| is_running(*pid)).collect();
        if running.is_empty() {
            return;
        }
        running.into_iter().for_each(end);
        thread::sleep(Duration::from_millis(5));
    }
}

/// Ends a process and all below it. It is stopped first, so that it starts no other one in the meantime.
fn end(pid: u32) {
    send(pid, Signal::STOP);
    children(pid).into_iter().for_each(end);
    send(pid, Signal::KILL);
}

/// Calls `act` on every process below a process, those furthest below first.
fn each_below(parent: u32, act: &dyn Fn(u32)) {
    for child in children(parent) {
        each_below(child, act);
        act(child);
    }
}

fn send(pid: u32, signal: Signal) {
    if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
        // It may have ended in the meantime.
        let _ = kill_process(pid, signal);
    }
}

/// False for a process that has ended and that nobody has asked for its status yet.
fn is_running(pid: u32) -> bool {
    // The state stands behind the name, which may hold any character.
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with(['Z', 'X']))
}

fn children(parent: u32) -> Vec<u32> {
    let tasks = fs::read_dir(format!("/proc/{parent}/task")).into_iter().flatten().flatten();
    let lists = tasks.map(|task| fs::read_to_string(task.path().join("children")).unwrap_or_default());
    lists.flat_map(|list| list.split_whitespace().flat_map(str::parse).collect::<Vec<u32>>()).collect()
}
