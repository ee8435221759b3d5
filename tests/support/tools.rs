//! What a test does that needs a program which may be missing.
#![allow(dead_code)]

use std::io::Write;

/// Says that `test` was skipped because `tool` is missing; a failure where all tests are required.
pub(crate) fn skip(test: &str, tool: &str) {
    let line = format!("skipped: {test}: {tool} is not installed (make deps installs it)");
    assert!(
        std::env::var_os("ZOOM_S2S_REQUIRE_ALL").is_none_or(|value| value != "1"),
        "{line}"
    );
    eprintln!("{line}");
    if let Some(path) = std::env::var_os("ZOOM_S2S_SKIPS") {
        let file = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(path);
        writeln!(file.expect("the file of skips opens"), "{line}").expect("the skip is noted");
    }
}

/// Whether a program of this name is on the path.
pub(crate) fn has_tool(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(name).is_file())
}
