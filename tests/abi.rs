//! The binary interface: what the library exports and takes, the committed baseline, the versions.
//!
//! `make abi` writes `abi/zoom_s2s.abi` anew (this test with ZOOM_S2S_WRITE_ABI=1). The baseline is
//! made from the header, with stubs that a C compiler describes: in the library's own debug
//! information the paths and names of this build would drown what matters. That the library takes and
//! returns what the header says is a test of its own.

#![cfg(all(target_os = "linux", target_pointer_width = "64"))]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use support::c::{compile, compiler, folder, library, root, succeed, text};
use support::declared::{declarations, functions};
use support::{has_tool, skip};

const BASELINE: &str = "abi/zoom_s2s.abi";

#[test]
fn the_library_exports_what_the_header_declares() {
    if !has_tool("nm") {
        return skip("the_library_exports_what_the_header_declares", "nm");
    }
    let mut command = Command::new("nm");
    command.args(["-D", "--defined-only"]);
    let output = succeed(command.arg(library().join("libzoom_s2s.so")));
    let listed = text(&output.stdout);
    let exported: BTreeSet<&str> = listed
        .lines()
        .filter_map(|line| line.split_whitespace().last())
        .collect();
    let functions = functions();
    let declared: BTreeSet<&str> = functions.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(exported, declared);
}

/// A C type as its machine sees it: stars, and what is behind them.
fn shape(kind: &str) -> String {
    let words = kind.replace('*', " * ");
    let words = words.split_whitespace().filter(|word| *word != "const");
    let (stars, names): (Vec<&str>, Vec<&str>) = words.partition(|word| *word == "*");
    stars.concat() + &names.join(" ")
}

/// The types in a listing of abidw, as `shape` has them.
struct Types<'a> {
    names: BTreeMap<&'a str, &'a str>,
    behind: BTreeMap<&'a str, (bool, &'a str)>,
}

fn attribute<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let (_, value) = line.split_once(&format!(" {name}='"))?;
    value.split('\'').next()
}

impl<'a> Types<'a> {
    fn read(listing: &'a str) -> Types<'a> {
        let mut types = Types {
            names: BTreeMap::new(),
            behind: BTreeMap::new(),
        };
        for line in listing.lines().map(str::trim_start) {
            let Some(id) = attribute(line, "id") else {
                continue;
            };
            let other = attribute(line, "type-id");
            if line.starts_with("<type-decl") || line.starts_with("<class-decl") {
                types
                    .names
                    .insert(id, attribute(line, "name").unwrap_or(""));
            } else if let Some(other) = other {
                let is_pointer = line.starts_with("<pointer-type-def");
                types.behind.insert(id, (is_pointer, other));
            }
        }
        types
    }

    fn shape(&self, id: &str) -> String {
        if let Some((is_pointer, other)) = self.behind.get(id) {
            return if *is_pointer { "*" } else { "" }.to_owned() + &self.shape(other);
        }
        match self.names.get(id).copied().unwrap_or(id) {
            "i32" => "int32_t".into(),
            "i64" => "int64_t".into(),
            "usize" => "size_t".into(),
            // Which of these C's char is depends on the machine.
            "i8" | "u8" => "char".into(),
            "()" => "void".into(),
            name => name.into(),
        }
    }
}

#[test]
fn the_library_takes_what_the_header_says() {
    let test = "the_library_takes_what_the_header_says";
    if !has_tool("abidw") {
        return skip(test, "abidiff");
    }
    let file = folder(test).join("library.abi");
    let mut command = Command::new("abidw");
    command.args(["--no-show-locs", "--out-file"]).arg(&file);
    succeed(command.arg(library().join("libzoom_s2s.so")));
    let listing = fs::read_to_string(&file).expect("the listing");
    let types = Types::read(&listing);
    let mut held: BTreeMap<String, String> = BTreeMap::new();
    let mut current = None;
    for line in listing.lines().map(str::trim_start) {
        if line.starts_with("<function-decl") {
            current = attribute(line, "elf-symbol-id").map(|name| (name, Vec::new()));
        }
        let Some((name, parameters)) = &mut current else {
            continue;
        };
        let kind = attribute(line, "type-id").map(|id| types.shape(id));
        if line.starts_with("<parameter") {
            let parameter = attribute(line, "name").unwrap_or("");
            parameters.push(format!("{} {parameter}", kind.unwrap_or_default()));
        } else if line.starts_with("<return") {
            let result = kind.unwrap_or_default();
            held.insert(
                (*name).into(),
                format!("{result} ({})", parameters.join(", ")),
            );
        }
    }
    for function in functions() {
        let parameters = function.parameters.iter();
        let parameters: Vec<_> = parameters
            .map(|(kind, name)| format!("{} {name}", shape(kind)))
            .collect();
        let said = format!("{} ({})", shape(&function.result), parameters.join(", "));
        let name = &function.name;
        assert_eq!(
            held.get(name),
            Some(&said),
            "{name} is not what the header says"
        );
    }
}

/// The header as a source file that defines all functions, for a compiler to describe.
fn stubs() -> String {
    // Spelled out, so that the baseline does not hold one C library's way to them.
    let mut stubs =
        "typedef int int32_t;\ntypedef long int64_t;\ntypedef unsigned long size_t;\n".to_owned();
    for declaration in declarations() {
        let end = match declaration.code.ends_with(')') {
            true => " { __builtin_trap(); }",
            false => ";",
        };
        writeln!(stubs, "{}{end}", declaration.code).unwrap();
    }
    stubs
}

/// Describes the interface that stubs define.
fn describe(stubs: &str, folder: &Path) -> PathBuf {
    fs::create_dir_all(folder).expect("a folder");
    fs::write(folder.join("stubs.c"), stubs).expect("the stubs are written");
    // Without -fno-eliminate-unused-debug-types the enumerations, which no function refers to, are lost.
    succeed(
        Command::new(compiler("c"))
            .current_dir(folder)
            .args(["-std=c11", "-g", "-O0", "-fPIC", "-shared", "-nostdlib"])
            .args(["-fno-eliminate-unused-debug-types", "stubs.c"])
            .args(["-Wl,-soname,libzoom_s2s.so.1", "-o", "stubs.so"]),
    );
    // Nothing of the machine, and no parameter's name: those are not part of the interface.
    succeed(
        Command::new("abidw")
            .current_dir(folder)
            .args(["--load-all-types", "--no-architecture", "--no-elf-needed"])
            .args(["--no-comp-dir-path", "--no-corpus-path", "--no-show-locs"])
            .args([
                "--no-parameter-names",
                "--out-file",
                "stubs.abi",
                "stubs.so",
            ]),
    );
    folder.join("stubs.abi")
}

/// What abidiff finds between two descriptions, additions included.
fn differences(old: &Path, new: &Path) -> Option<String> {
    let mut command = Command::new("abidiff");
    command
        .args(["--no-default-suppression", "--harmless"])
        .args(["--non-reachable-types"])
        .args([old, new]);
    let output = command.output().expect("abidiff runs");
    let said = text(&output.stdout) + &text(&output.stderr);
    let code = output.status.code().expect("abidiff ends by itself");
    // Bit by bit: 1 and 2 are mistakes, 4 is a difference, 8 an incompatible one.
    assert!(code & !12 == 0, "{command:?}: {code}\n{said}");
    (code != 0).then_some(said)
}

fn lacks_libabigail(test: &str) -> bool {
    let lacking = [("cc", "cc"), ("abidw", "abidiff"), ("abidiff", "abidiff")]
        .into_iter()
        .find(|(tool, _)| !has_tool(tool));
    if let Some((_, named)) = lacking {
        skip(test, named);
    }
    lacking.is_some()
}

#[test]
fn the_interface_is_the_committed_one() {
    let test = "the_interface_is_the_committed_one";
    if lacks_libabigail(test) {
        return;
    }
    let made = describe(&stubs(), &folder(test));
    let baseline = root().join(BASELINE);
    if env::var_os("ZOOM_S2S_WRITE_ABI").is_some_and(|value| value == "1") {
        fs::create_dir_all(baseline.parent().expect("a folder")).expect("the folder is made");
        fs::copy(&made, &baseline).expect("the baseline is written");
    }
    if let Some(found) = differences(&baseline, &made) {
        panic!(
            "the interface is not that of {BASELINE}. Nothing may go away or change; after an \
             addition, raise ZOOM_S2S_ABI and write the baseline anew with `make abi`:\n{found}"
        );
    }
}

/// The comparison above would be worth nothing if it overlooked any of these.
#[test]
fn the_comparison_notices_every_kind_of_change() {
    let test = "the_comparison_notices_every_kind_of_change";
    if lacks_libabigail(test) {
        return;
    }
    let folder = folder(test);
    let stubs = stubs();
    let baseline = describe(&stubs, &folder.join("baseline"));
    let same = describe(&stubs, &folder.join("same"));
    assert_eq!(differences(&baseline, &same), None);
    let body = "{ __builtin_trap(); }";
    let free = format!("void zoom_s2s_text_free(zoom_s2s_text *text) {body}\n");
    let added = format!("{free}void zoom_s2s_text_wipe(zoom_s2s_text *text) {body}\n");
    let changes = [
        ("a function is gone", free.as_str(), ""),
        ("a function is new", &free, &added),
        (
            "a parameter has another type",
            "_kind(int32_t field)",
            "_kind(int64_t field)",
        ),
        (
            "a parameter is new",
            "_kind(int32_t field)",
            "_kind(int32_t field, int32_t more)",
        ),
        (
            "another type is returned",
            "int32_t zoom_s2s_abi(void)",
            "int64_t zoom_s2s_abi(void)",
        ),
        ("a constant is another number", "_TLS = 11", "_TLS = 15"),
        ("a constant is gone", "ZOOM_S2S_TLS = 11,", ""),
        (
            "a constant is new",
            "ZOOM_S2S_TLS = 11,",
            "ZOOM_S2S_TLS = 11, ZOOM_S2S_SSL = 15,",
        ),
    ];
    for (number, (change, from, to)) in changes.into_iter().enumerate() {
        assert!(stubs.contains(from), "{from} is not in the stubs");
        let changed = describe(&stubs.replace(from, to), &folder.join(number.to_string()));
        let found = differences(&baseline, &changed);
        assert!(found.is_some(), "not noticed: {change}");
    }
}

#[test]
fn the_baseline_holds_nothing_of_one_machine() {
    let baseline = fs::read_to_string(root().join(BASELINE)).expect("the baseline");
    let mut paths = baseline.lines().filter_map(|line| attribute(line, "path"));
    assert!(paths.all(|path| path == "stubs.c"));
    for word in ["comp-dir-path", "filepath", "architecture"] {
        assert!(!baseline.contains(word), "{word} is in {BASELINE}");
    }
}

const VERSIONS: &str = r#"
#include <stdio.h>
#include "zoom_s2s.h"

int main(void)
{
    printf("%s\n%s\n%d.%d.%d\n", zoom_s2s_version(), ZOOM_S2S_VERSION, ZOOM_S2S_VERSION_MAJOR,
           ZOOM_S2S_VERSION_MINOR, ZOOM_S2S_VERSION_PATCH);
    printf("%d %d\n", (int)zoom_s2s_abi(), ZOOM_S2S_ABI);
    return 0;
}
"#;

#[test]
fn library_and_header_have_one_version() {
    let test = "library_and_header_have_one_version";
    if !has_tool("cc") {
        return skip(test, "cc");
    }
    let folder = folder(test);
    let (source, program) = (folder.join("versions.c"), folder.join("versions"));
    fs::write(&source, VERSIONS).expect("the source is written");
    compile(&compiler("c"), &[&source], &[] as &[&str], &program);
    let output = succeed(&mut Command::new(&program));
    let ours = env!("CARGO_PKG_VERSION");
    assert_eq!(
        text(&output.stdout),
        format!("{ours}\n{ours}\n{ours}\n2 2\n")
    );
}

#[test]
fn the_library_names_itself_and_stays_in_memory() {
    if !has_tool("readelf") {
        return skip("the_library_names_itself_and_stays_in_memory", "readelf");
    }
    let mut command = Command::new("readelf");
    command.env("LC_ALL", "C").args(["--dynamic", "--wide"]);
    let said = text(&succeed(command.arg(library().join("libzoom_s2s.so"))).stdout);
    assert!(said.contains("soname: [libzoom_s2s.so.1]"), "{said}");
    let flags = said.lines().find(|line| line.contains("(FLAGS_1)"));
    assert!(
        flags.is_some_and(|line| line.contains("NODELETE")),
        "{said}"
    );
}
