//! On which CPUs a process runs, and whatever it starts.

use nix::sched::{CpuSet, sched_setaffinity};
use nix::unistd::Pid;

/// `0`, `0,1` or `any`. To be called before the process has threads.
pub(crate) fn pin(cpus: &str) -> Result<(), Box<dyn std::error::Error>> {
    if cpus == "any" {
        return Ok(());
    }
    let mut set = CpuSet::new();
    for cpu in cpus.split(',') {
        set.set(cpu.parse()?)?;
    }
    Ok(sched_setaffinity(Pid::from_raw(0), &set)?)
}
