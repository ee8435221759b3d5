//! `include/zoom_s2s.h` is what cbindgen makes of `src/ffi`, file by file, so that it reads like a
//! manual: the contract, the numbers, then one chapter per object.
//!
//! `make header` writes it anew (this test with ZOOM_S2S_WRITE_HEADER=1).

use std::env;
use std::fs;
use std::path::Path;

/// The chapters: title, and the file in `src/ffi` without its ending. Types come before their users.
const CHAPTERS: [(&str, &str); 15] = [
    ("Numbers", "numbers"),
    ("The library", "library"),
    ("Errors", "error"),
    ("Texts", "text"),
    ("Config: settings", "config"),
    ("Config: credentials", "credentials"),
    ("Client", "client"),
    ("Token", "token"),
    ("Listing users: the query", "users_query"),
    ("Listing users: a page", "users_page"),
    ("Listing users: the pager", "users_pager"),
    ("Any endpoint: the request", "request"),
    ("Any endpoint: the response", "response"),
    ("Any list: a page", "entries_page"),
    ("Any list: the pager", "entries_pager"),
];

const OPENING: &str = "
#ifndef ZOOM_S2S_H
#define ZOOM_S2S_H

#include <stddef.h>
#include <stdint.h>

/** Version of this header (https://semver.org); zoom_s2s_version says which library runs. */
#define ZOOM_S2S_VERSION \"{version}\"
#define ZOOM_S2S_VERSION_MAJOR {major}
#define ZOOM_S2S_VERSION_MINOR {minor}
#define ZOOM_S2S_VERSION_PATCH {patch}

#ifdef __cplusplus
extern \"C\" {
#endif
";

const CLOSING: &str = "
#ifdef __cplusplus
}
#endif

#endif /* ZOOM_S2S_H */
";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn chapter(title: &str, file: &str) -> String {
    let config = cbindgen::Config::from_file(root().join("cbindgen.toml")).expect("cbindgen.toml");
    let mut made = Vec::new();
    cbindgen::Builder::new()
        .with_config(config)
        .with_src(root().join(format!("src/ffi/{file}.rs")))
        .generate()
        .unwrap_or_else(|error| panic!("{file}: {error}"))
        .write(&mut made);
    let made = String::from_utf8(made).expect("a header is text");
    let rule = "-".repeat(96 - title.len());
    format!("\n\n/* {title} {rule} */\n\n{}\n", tidy(made.trim()))
}

/// Short comments on one line; enumerations without a type of their own, since all parameters are
/// `int32_t`.
fn tidy(made: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut about_types = false;
    for line in made.lines() {
        let text = line.trim_start();
        about_types |= text.starts_with("#if __STDC_VERSION__");
        if about_types {
            about_types = !text.starts_with("#endif");
            continue;
        }
        if text == "{" {
            lines.last_mut().expect("an enumeration").push_str(" {");
            continue;
        }
        let opened = lines
            .len()
            .checked_sub(2)
            .map(|at| lines[at].trim() == "/**");
        if text == "*/" && opened == Some(true) {
            let only = lines.pop().expect("the comment's line");
            let indent = &line[..line.len() - text.len() - 1];
            let words = only.trim().trim_start_matches("* ");
            *lines.last_mut().expect("the comment's beginning") = format!("{indent}/** {words} */");
            continue;
        }
        lines.push(line.to_owned());
    }
    lines.join("\n")
}

fn header() -> String {
    let opening = OPENING
        .replace("{version}", env!("CARGO_PKG_VERSION"))
        .replace("{major}", env!("CARGO_PKG_VERSION_MAJOR"))
        .replace("{minor}", env!("CARGO_PKG_VERSION_MINOR"))
        .replace("{patch}", env!("CARGO_PKG_VERSION_PATCH"));
    let chapters: String = CHAPTERS
        .iter()
        .map(|(title, file)| chapter(title, file))
        .collect();
    format!("{}{opening}{chapters}{CLOSING}", read("src/ffi/contract.h"))
}

#[test]
fn the_header_is_what_the_sources_say() {
    let made = header();
    if env::var_os("ZOOM_S2S_WRITE_HEADER").is_some_and(|value| value == "1") {
        fs::write(root().join("include/zoom_s2s.h"), &made).expect("the header is written");
    }
    let held = read("include/zoom_s2s.h");
    let difference = held
        .lines()
        .zip(made.lines())
        .enumerate()
        .find(|(_, (held, made))| held != made);
    assert!(
        held == made,
        "include/zoom_s2s.h is not what src/ffi says (`make header` writes it anew): {difference:?}"
    );
}

#[test]
fn every_file_with_functions_is_a_chapter() {
    for entry in fs::read_dir(root().join("src/ffi")).expect("src/ffi") {
        let path = entry.expect("an entry").path();
        let text = fs::read_to_string(&path).expect("a source file");
        let name = path
            .file_stem()
            .and_then(|name| name.to_str())
            .expect("a name");
        if text.contains("no_mangle)]") {
            assert!(
                CHAPTERS.iter().any(|(_, file)| *file == name),
                "src/ffi/{name}.rs has C functions and is in no chapter of the header"
            );
        }
    }
}
