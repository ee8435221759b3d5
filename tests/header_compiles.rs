//! `include/zoom_s2s.h` pleases every compiler, standard and header reader that it is meant for.

#![cfg(target_os = "linux")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use support::c::{compiler, folder, library, root, succeed, text};
use support::{has_tool, skip};

/// Compilers, the language they are called for, and what else they are asked to warn about.
const COMPILERS: [(&str, &str, &[&str]); 4] = [
    ("gcc", "c", GNU_C),
    ("clang", "c", CLANG),
    ("g++", "c++", GNU_CXX),
    ("clang++", "c++", CLANG),
];
const GNU_C: &[&str] = &["-Wshadow", "-Wstrict-prototypes", "-Wc++-compat"];
const GNU_CXX: &[&str] = &[
    "-Wshadow",
    "-Wold-style-cast",
    "-Wzero-as-null-pointer-constant",
];
/// Everything but complaints that the header is not in the language's oldest version, and that the
/// test's own source has macros nobody uses.
const CLANG: &[&str] = &[
    "-Weverything",
    "-Wno-unknown-warning-option",
    "-Wno-c++98-compat",
    "-Wno-c++98-compat-pedantic",
    "-Wno-pre-c11-compat",
    "-Wno-unused-macros",
    "-Wno-reserved-identifier",
    "-Wno-reserved-macro-identifier",
];

const ALONE: &str = "#include \"zoom_s2s.h\"\n";
const TWICE: &str = "#include \"zoom_s2s.h\"\n#include \"zoom_s2s.h\"\n";
const AFTER_OTHERS: &str = "
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include \"zoom_s2s.h\"
";
/// What windows.h and its kin define.
const POLLUTED: &str = "
#define min(a, b) (((a) < (b)) ? (a) : (b))
#define max(a, b) (((a) > (b)) ? (a) : (b))
#define near
#define far
#define NEAR
#define FAR
#define interface struct
#define small char
#define hyper 64
#define boolean unsigned char
#define cdecl
#define pascal
#define ERROR 0
#define NO_ERROR 0
#define IN
#define OUT
#define OPTIONAL
#define CONST const
#define VOID void
#define TEXT(quote) L##quote
#define DELETE 0x00010000
#define DOMAIN 1
#define STRICT 1
#define TRUE 1
#define FALSE 0
#define unix 1
#define linux 1
#include \"zoom_s2s.h\"
";
/// What the header is compiled in.
const SOURCES: [(&str, &str); 4] = [
    ("alone", ALONE),
    ("twice", TWICE),
    ("after_others", AFTER_OTHERS),
    ("polluted", POLLUTED),
];

fn standards(language: &str) -> &'static [&'static str] {
    match language {
        "c++" => &["c++11", "c++14", "c++17", "c++20", "gnu++17"],
        _ => &["c99", "c11", "c17", "gnu17"],
    }
}

fn compiles_with(compiler: &str) {
    let test = format!("compiles_with_{compiler}");
    if !has_tool(compiler) {
        return skip(&test, compiler);
    }
    let (_, language, warnings) = COMPILERS
        .into_iter()
        .find(|(name, ..)| *name == compiler)
        .expect("a compiler of the table");
    let folder = folder(&test);
    for (name, source) in SOURCES {
        let file = folder.join(name).with_extension(language);
        fs::write(&file, source).expect("the source is written");
        for standard in standards(language) {
            let mut command = Command::new(compiler);
            command
                .args(["-pedantic", "-Wall", "-Wextra", "-Werror"])
                .args(warnings)
                .arg(format!("-std={standard}"))
                .arg(format!("-I{}", root().join("include").display()))
                .args(["-fsyntax-only", "-x", language])
                .arg(&file);
            let output = succeed(&mut command);
            let said = text(&output.stdout) + &text(&output.stderr);
            assert!(said.is_empty(), "{command:?} said:\n{said}");
        }
    }
}

#[test]
fn compiles_with_gcc() {
    compiles_with("gcc");
}

#[test]
fn compiles_with_clang() {
    compiles_with("clang");
}

#[test]
fn compiles_with_gxx() {
    compiles_with("g++");
}

#[test]
fn compiles_with_clangxx() {
    compiles_with("clang++");
}

/// The header as bare declarations, for readers of C that have no preprocessor. The system's headers
/// are left out: such readers know `int32_t` and its like.
fn declarations(folder: &Path) -> PathBuf {
    let header = fs::read_to_string(root().join("include/zoom_s2s.h")).expect("the header");
    let lines: Vec<&str> = header
        .lines()
        .filter(|line| !line.starts_with("#include <"))
        .collect();
    let (stripped, file) = (folder.join("stripped.h"), folder.join("declarations.h"));
    fs::write(&stripped, lines.join("\n")).expect("the header is written");
    let mut command = Command::new(compiler("c"));
    let output = succeed(command.args(["-E", "-P", "-x", "c"]).arg(&stripped));
    fs::write(&file, output.stdout).expect("the declarations are written");
    file
}

/// What the scripts below print.
fn expected() -> String {
    format!(
        "{}\n10 29 12\nNETWORK\n1\nconfig is NULL\n1\n\n",
        env!("CARGO_PKG_VERSION")
    )
}

const LUA: &str = r#"
local ffi = require("ffi")
local file = assert(io.open(arg[1]))
ffi.cdef(file:read("*a"))
file:close()
local zoom = ffi.load(arg[2])
print(ffi.string(zoom.zoom_s2s_version()))
print(zoom.ZOOM_S2S_NETWORK .. " " .. zoom.ZOOM_S2S_USER_LICENSE_INFO_LIST .. " "
    .. ffi.C.ZOOM_S2S_STAT_HELPER_THREADS)
print(ffi.string(zoom.zoom_s2s_status_name(zoom.ZOOM_S2S_NETWORK)))
local client = ffi.new("zoom_s2s_client *[1]")
local failure = ffi.new("zoom_s2s_error *[1]")
print(zoom.zoom_s2s_client_new(nil, client, failure))
assert(client[0] == nil)
print(ffi.string(zoom.zoom_s2s_error_message(failure[0])))
print(zoom.zoom_s2s_error_status(failure[0]))
zoom.zoom_s2s_error_free(failure[0])
-- A NULL is harmless.
print(ffi.string(zoom.zoom_s2s_users_page_text(nil, 0, zoom.ZOOM_S2S_USER_EMAIL, nil)))
"#;

#[test]
fn luajit_reads_it_and_calls_the_library() {
    let test = "luajit_reads_it_and_calls_the_library";
    if let Some(tool) = ["cc", "luajit"].into_iter().find(|tool| !has_tool(tool)) {
        return skip(test, tool);
    }
    let folder = folder(test);
    let script = folder.join("script.lua");
    fs::write(&script, LUA).expect("the script is written");
    let output = succeed(
        Command::new("luajit")
            .arg(&script)
            .arg(declarations(&folder))
            .arg(library().join("libzoom_s2s.so.1")),
    );
    assert_eq!(text(&output.stdout), expected());
}

const PHP: &str = r#"<?php
$zoom = FFI::cdef(file_get_contents($argv[1]), $argv[2]);
echo $zoom->zoom_s2s_version(), "\n";
echo $zoom->ZOOM_S2S_NETWORK, " ", $zoom->ZOOM_S2S_USER_LICENSE_INFO_LIST, " ",
    $zoom->ZOOM_S2S_STAT_HELPER_THREADS, "\n";
echo $zoom->zoom_s2s_status_name($zoom->ZOOM_S2S_NETWORK), "\n";
$client = $zoom->new("zoom_s2s_client *");
$failure = $zoom->new("zoom_s2s_error *");
echo $zoom->zoom_s2s_client_new(null, FFI::addr($client), FFI::addr($failure)), "\n";
if (!FFI::isNull($client)) exit(1);
echo $zoom->zoom_s2s_error_message($failure), "\n";
echo $zoom->zoom_s2s_error_status($failure), "\n";
$zoom->zoom_s2s_error_free($failure);
// A NULL is harmless.
echo $zoom->zoom_s2s_users_page_text(null, 0, $zoom->ZOOM_S2S_USER_EMAIL, null), "\n";
"#;

#[test]
fn php_reads_it_and_calls_the_library() {
    let test = "php_reads_it_and_calls_the_library";
    if let Some(tool) = ["cc", "php"].into_iter().find(|tool| !has_tool(tool)) {
        return skip(test, tool);
    }
    // Some builds of PHP come without its FFI.
    let modules = succeed(Command::new("php").arg("-m"));
    if !text(&modules.stdout).lines().any(|line| line == "FFI") {
        return skip(test, "the FFI extension of php");
    }
    let folder = folder(test);
    let script = folder.join("script.php");
    fs::write(&script, PHP).expect("the script is written");
    let output = succeed(
        Command::new("php")
            .args(["-d", "ffi.enable=1", "-d", "display_errors=stderr"])
            .arg(&script)
            .arg(declarations(&folder))
            .arg(library().join("libzoom_s2s.so.1")),
    );
    assert_eq!(text(&output.stdout), expected());
}
