//! The child processes of this one: simulators and compilers. Linux lists them; on other systems they end on their own.

use rustix::process::{Pid, Signal, kill_process};
use std::time::{Duration, Instant};
use std::{fs, process, thread};

/// How long a process may take to disappear after it was killed.
const PATIENCE: Duration = Duration::from_millis(300);

/// Makes this process the parent of orphaned descendants, so that they are ended too.
pub fn adopt() {
    // On systems without this feature they end on their own.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
}

/// Asks every descendant of this process to end.
pub fn ask_all_to_end() {
    each_below(process::id(), &|pid| send(pid, Signal::TERM));
}

/// Kills every descendant of this process, and waits until they are gone, so that they write nothing more.
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

/// Kills a process and its descendants. It is stopped first, so that it cannot start another one meanwhile.
fn end(pid: u32) {
    send(pid, Signal::STOP);
    children(pid).into_iter().for_each(end);
    send(pid, Signal::KILL);
}

/// Calls `act` on every descendant of a process, the deepest first.
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

/// False for a process that has ended but was not waited for.
fn is_running(pid: u32) -> bool {
    // The state follows the name, which may contain any character.
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with(['Z', 'X']))
}

fn children(parent: u32) -> Vec<u32> {
    let tasks = fs::read_dir(format!("/proc/{parent}/task")).into_iter().flatten().flatten();
    let lists = tasks.map(|task| fs::read_to_string(task.path().join("children")).unwrap_or_default());
    lists.flat_map(|list| list.split_whitespace().flat_map(str::parse).collect::<Vec<u32>>()).collect()
}
