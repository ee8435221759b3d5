//! On what was measured, and with which versions.

use std::fs;
use std::process::Command;

use crate::places::Places;
use crate::report::table;

pub(crate) fn describe(places: &Places) -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .unwrap_or(": unknown");
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kib: f64 = memory
        .lines()
        .find_map(|line| {
            line.strip_prefix("MemTotal:")?
                .trim()
                .strip_suffix(" kB")?
                .parse()
                .ok()
        })
        .unwrap_or(f64::NAN);
    let cpus = std::thread::available_parallelism().map_or(0, usize::from);
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load: Vec<&str> = load.split_whitespace().take(3).collect();
    let python = |code: &str| said(Command::new(places.python()).args(["-c", code]));
    let package = |name: &str| {
        python(&format!(
            "from importlib.metadata import version as v; print(v('{name}'))"
        ))
    };
    let peers = fs::read_to_string(places.built.join("versions")).unwrap_or_default();
    let peer = |name: &str| {
        let line = peers
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        line.unwrap_or("unknown").to_owned()
    };
    let rows = [
        (
            "processor",
            format!(
                "{}, {cpus} CPUs",
                model.trim_start_matches([':', ' ', '\t'])
            ),
        ),
        ("memory", format!("{:.1} GiB", kib / 1048576.0)),
        (
            "system",
            format!(
                "{}, Linux {}",
                distribution(),
                said(Command::new("uname").args(["-r", "-m"]))
            ),
        ),
        ("load before the first run", load.join(" ")),
        (
            "date",
            said(Command::new("date").args(["-u", "+%Y-%m-%d %H:%M UTC"])),
        ),
        (
            "zoom-s2s",
            format!("{}, commit {}", env!("CARGO_PKG_VERSION"), commit(places)),
        ),
        ("Rust", said(Command::new("rustc").arg("--version"))),
        ("C compiler", peer("cc")),
        ("libcurl", peer("libcurl")),
        ("yyjson", peer("yyjson")),
        ("cJSON", peer("cjson")),
        (
            "ureq, serde_json",
            format!("{}, {}", peer("ureq"), peer("serde_json")),
        ),
        (
            "Python",
            python("import sys; print(sys.version.split()[0])"),
        ),
        (
            "requests, urllib3, zoomus",
            ["requests", "urllib3", "zoomus"].map(package).join(", "),
        ),
    ];
    table(
        &["", ""],
        rows.map(|(what, value)| vec![what.to_owned(), value]),
    )
    .replace("---:", "---")
}

fn distribution() -> String {
    let text = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let name = text
        .lines()
        .find_map(|line| line.strip_prefix("PRETTY_NAME="));
    name.unwrap_or("unknown").trim_matches('"').to_owned()
}

fn commit(places: &Places) -> String {
    let git = |words: &[&str]| said(Command::new("git").arg("-C").arg(&places.root).args(words));
    let changed = git(&["status", "--porcelain", "--untracked-files=no"]);
    let suffix = if changed.is_empty() || changed == "unknown" {
        ""
    } else {
        " and changes"
    };
    format!("{}{suffix}", git(&["rev-parse", "--short", "HEAD"]))
}

fn said(command: &mut Command) -> String {
    match command.output() {
        Ok(output) if output.status.success() => {
            String::from_utf8_lossy(&output.stdout).trim().to_owned()
        }
        _ => "unknown".to_owned(),
    }
}
