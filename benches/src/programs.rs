//! Who is compared. All do the same work and print the same line.

use std::path::PathBuf;
use std::process::Command;

use crate::places::Places;

pub(crate) struct Program {
    pub(crate) name: &'static str,
    /// What it is made of, for the report.
    pub(crate) about: &'static str,
    pub(crate) is_sdk: bool,
    command: fn(&Places) -> Vec<PathBuf>,
}

/// The one that all others are measured by.
pub(crate) const YARDSTICK: &str = "libcurl + yyjson (C)";
pub(crate) const ZOOMUS: &str = "zoomus (Python)";
pub(crate) const SDK_PYTHON: &str = "zoom-s2s (Python)";

pub(crate) const PROGRAMS: [Program; 9] = [
    Program {
        name: "zoom-s2s (Rust)",
        about: "`benches/sdk/users.rs`: `zoom.users().pages()`, and the users of each page",
        is_sdk: true,
        command: |places| vec![places.own.join("bench-users")],
    },
    Program {
        name: "zoom-s2s (C)",
        about: "`benches/sdk/users.c`, over the shared library",
        is_sdk: true,
        command: |places| vec![places.built.join("users_c")],
    },
    Program {
        name: "zoom-s2s (C++)",
        about: "`benches/sdk/users.cpp`, over the same library",
        is_sdk: true,
        command: |places| vec![places.built.join("users_cpp")],
    },
    Program {
        name: SDK_PYTHON,
        about: "`benches/sdk/users.py`, over the same library by ctypes",
        is_sdk: true,
        command: |places| vec![places.python(), places.root.join("benches/sdk/users.py")],
    },
    Program {
        name: YARDSTICK,
        about: "`benches/peers/curl_yyjson.c`: one easy handle, one buffer, parsed in place into memory that is kept",
        is_sdk: false,
        command: |places| vec![places.built.join("curl_yyjson")],
    },
    Program {
        name: "libcurl + cJSON (C)",
        about: "`benches/peers/curl_cjson.c`: the same with the parser that Debian packages",
        is_sdk: false,
        command: |places| vec![places.built.join("curl_cjson")],
    },
    Program {
        name: "ureq + serde (Rust)",
        about: "`benches/peers/naive`: one agent, `read_json` into structs that own 26 fields; serde then takes the body byte by byte",
        is_sdk: false,
        command: |places| vec![places.built.join("naive/release/naive")],
    },
    Program {
        name: "requests (Python)",
        about: "`benches/peers/requests_users.py`: one session, `json()` of each page",
        is_sdk: false,
        command: |places| {
            vec![
                places.python(),
                places.root.join("benches/peers/requests_users.py"),
            ]
        },
    },
    Program {
        name: ZOOMUS,
        about: "`benches/peers/zoomus_users.py`: its client as it comes, which opens a connection for each page",
        is_sdk: false,
        command: |places| {
            vec![
                places.python(),
                places.root.join("benches/peers/zoomus_users.py"),
            ]
        },
    },
];

impl Program {
    pub(crate) fn command(&self, places: &Places) -> Command {
        let words = (self.command)(places);
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]);
        command
    }
}

pub(crate) fn named(name: &str) -> &'static Program {
    let found = PROGRAMS.iter().find(|program| program.name == name);
    found.expect("a program of the table")
}
