//! The real command against a sandbox: what it prints, what it leaves behind, how it ends.

mod api;
mod api_chaos;
mod api_ends;
mod api_list;
mod api_refusals;
mod api_terminal;
#[cfg(unix)]
mod certificates;
#[cfg(unix)]
mod completions;
mod doctor;
#[cfg(unix)]
mod doctor_faults;
mod doctor_report;
mod doctor_scene;
mod ends;
mod exits;
mod files;
#[cfg(unix)]
mod first_day;
mod formats;
mod hostile;
mod proxies;
#[cfg(unix)]
#[path = "../../../tests/support/redis.rs"]
mod redis;
mod sandbox;
mod sandbox_process;
mod sandbox_record;
mod sandbox_scenario;
#[cfg(unix)]
mod screen;
mod secrets;
mod stores;
mod support;
#[cfg(unix)]
mod terminal;
mod token;
#[cfg(unix)]
#[path = "../../../tests/support/tools.rs"]
mod tools;
