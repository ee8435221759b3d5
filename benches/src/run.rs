//! One run of one program.

use std::process::{Command, Stdio};

use crate::Outcome;
use crate::figures::Figures;
use crate::places::Places;

/// Runs `command` on these CPUs by `bench-launch`; what it said, and what it used.
pub(crate) fn run(places: &Places, cpus: &str, command: &Command) -> Outcome<Figures> {
    let mut launch = Command::new(places.own.join("bench-launch"));
    launch
        .arg(cpus)
        .arg(command.get_program())
        .args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => launch.env(name, value),
            None => launch.env_remove(name),
        };
    }
    let output = launch
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err(format!("{command:?} failed: {}", output.status).into());
    }
    Ok(Figures::read(&String::from_utf8_lossy(&output.stdout)))
}
