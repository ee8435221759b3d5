//! The binary interface: what the library exports, the numbers, the committed baseline, the versions.
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
use support::{has_tool, skip};
use zoom_s2s::{Counter, ErrorStatus, FieldKind, UserField};

const BASELINE: &str = "abi/zoom_s2s.abi";

/// Every constant with its number, for ever: lines are added here, and never changed or taken away.
const PINNED: &[(&str, &[(&str, i32)])] = &[
    (
        "zoom_s2s_status",
        &[
            ("ZOOM_S2S_OK", 0),
            ("ZOOM_S2S_INVALID_ARGUMENT", 1),
            ("ZOOM_S2S_CONFIG", 2),
            ("ZOOM_S2S_NETWORK", 10),
            ("ZOOM_S2S_TLS", 11),
            ("ZOOM_S2S_TIMEOUT", 12),
            ("ZOOM_S2S_CANCELLED", 13),
            ("ZOOM_S2S_SHUTDOWN", 14),
            ("ZOOM_S2S_CREDENTIALS", 20),
            ("ZOOM_S2S_UNAUTHORIZED", 21),
            ("ZOOM_S2S_MISSING_SCOPE", 22),
            ("ZOOM_S2S_FORBIDDEN", 23),
            ("ZOOM_S2S_NOT_FOUND", 30),
            ("ZOOM_S2S_RATE_LIMITED", 31),
            ("ZOOM_S2S_SERVER", 32),
            ("ZOOM_S2S_REJECTED", 33),
            ("ZOOM_S2S_BAD_RESPONSE", 40),
            ("ZOOM_S2S_TOO_LARGE", 41),
            ("ZOOM_S2S_INCOMPLETE", 42),
            ("ZOOM_S2S_STORE", 50),
            ("ZOOM_S2S_INTERNAL", 90),
        ],
    ),
    (
        "zoom_s2s_cloud",
        &[
            ("ZOOM_S2S_CLOUD_COMMERCIAL", 1),
            ("ZOOM_S2S_CLOUD_GOVERNMENT", 2),
        ],
    ),
    (
        "zoom_s2s_user_status",
        &[
            ("ZOOM_S2S_STATUS_ACTIVE", 1),
            ("ZOOM_S2S_STATUS_INACTIVE", 2),
            ("ZOOM_S2S_STATUS_PENDING", 3),
            ("ZOOM_S2S_STATUS_ALL", 4),
        ],
    ),
    (
        "zoom_s2s_include_fields",
        &[
            ("ZOOM_S2S_INCLUDE_CUSTOM_ATTRIBUTES", 1),
            ("ZOOM_S2S_INCLUDE_HOST_KEY", 2),
        ],
    ),
    (
        "zoom_s2s_license",
        &[
            ("ZOOM_S2S_LICENSE_WORKFORCE_MANAGEMENT", 1),
            ("ZOOM_S2S_LICENSE_COMPLIANCE_MANAGEMENT", 2),
        ],
    ),
    (
        "zoom_s2s_user_field",
        &[
            ("ZOOM_S2S_USER_ID", 1),
            ("ZOOM_S2S_USER_EMAIL", 2),
            ("ZOOM_S2S_USER_TYPE", 3),
            ("ZOOM_S2S_USER_FIRST_NAME", 4),
            ("ZOOM_S2S_USER_LAST_NAME", 5),
            ("ZOOM_S2S_USER_DISPLAY_NAME", 6),
            ("ZOOM_S2S_USER_STATUS", 7),
            ("ZOOM_S2S_USER_PMI", 8),
            ("ZOOM_S2S_USER_TIMEZONE", 9),
            ("ZOOM_S2S_USER_DEPT", 10),
            ("ZOOM_S2S_USER_LANGUAGE", 11),
            ("ZOOM_S2S_USER_PHONE_NUMBER", 12),
            ("ZOOM_S2S_USER_PIC_URL", 13),
            ("ZOOM_S2S_USER_VANITY_URL", 14),
            ("ZOOM_S2S_USER_CLUSTER", 15),
            ("ZOOM_S2S_USER_CREATED_AT", 16),
            ("ZOOM_S2S_USER_USER_CREATED_AT", 17),
            ("ZOOM_S2S_USER_LAST_LOGIN_TIME", 18),
            ("ZOOM_S2S_USER_LAST_CLIENT_VERSION", 19),
            ("ZOOM_S2S_USER_EMPLOYEE_UNIQUE_ID", 20),
            ("ZOOM_S2S_USER_HOST_KEY", 21),
            ("ZOOM_S2S_USER_ROLE_ID", 22),
            ("ZOOM_S2S_USER_PLAN_UNITED_TYPE", 23),
            ("ZOOM_S2S_USER_VERIFIED", 24),
            ("ZOOM_S2S_USER_GROUP_IDS", 25),
            ("ZOOM_S2S_USER_IM_GROUP_IDS", 26),
            ("ZOOM_S2S_USER_DIVISION_IDS", 27),
            ("ZOOM_S2S_USER_CUSTOM_ATTRIBUTES", 28),
            ("ZOOM_S2S_USER_LICENSE_INFO_LIST", 29),
        ],
    ),
    (
        "zoom_s2s_field_kind",
        &[
            ("ZOOM_S2S_KIND_TEXT", 1),
            ("ZOOM_S2S_KIND_NUMBER", 2),
            ("ZOOM_S2S_KIND_LIST", 3),
        ],
    ),
    (
        "zoom_s2s_stat",
        &[
            ("ZOOM_S2S_STAT_TOKEN_REQUESTS", 1),
            ("ZOOM_S2S_STAT_TOKENS_OBTAINED", 2),
            ("ZOOM_S2S_STAT_REFRESHES_FAILED", 3),
            ("ZOOM_S2S_STAT_TOKENS_REJECTED", 4),
            ("ZOOM_S2S_STAT_TUG_OF_WAR", 5),
            ("ZOOM_S2S_STAT_API_REQUESTS", 6),
            ("ZOOM_S2S_STAT_RETRIES", 7),
            ("ZOOM_S2S_STAT_RATE_LIMITED", 8),
            ("ZOOM_S2S_STAT_CONNECTIONS", 9),
            ("ZOOM_S2S_STAT_DNS_LOOKUPS", 10),
            ("ZOOM_S2S_STAT_TRUST_STORE_READS", 11),
            ("ZOOM_S2S_STAT_HELPER_THREADS", 12),
        ],
    ),
];

/// Environment variables that the header's comments speak of.
const VARIABLES: [&str; 10] = [
    "ZOOM_S2S_CLOUD",
    "ZOOM_S2S_OAUTH_URL",
    "ZOOM_S2S_API_URL",
    "ZOOM_S2S_REGIONAL",
    "ZOOM_S2S_TIMEOUT_MS",
    "ZOOM_S2S_CONNECT_TIMEOUT_MS",
    "ZOOM_S2S_CA_FILE",
    "ZOOM_S2S_CA_ONLY",
    "ZOOM_S2S_TOKEN_STORE",
    "ZOOM_S2S_LOG",
];

fn header() -> String {
    fs::read_to_string(root().join("include/zoom_s2s.h")).expect("the header")
}

/// One declaration of the header.
struct Declaration {
    /// The comment before it, on one line.
    comment: String,
    /// Without comments, on one line, without the semicolon.
    code: String,
}

fn one_line(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What the header declares, in its order; without macros.
fn declarations() -> Vec<Declaration> {
    let header = header();
    let (_, body) = header.split_once("extern \"C\" {\n#endif\n").expect("C");
    let (mut rest, _) = body
        .rsplit_once("#ifdef __cplusplus")
        .expect("the end of C");
    let (mut comment, mut code, mut depth) = (String::new(), String::new(), 0);
    let mut found = Vec::new();
    while let Some(next) = rest.chars().next() {
        if let Some(inside) = rest.strip_prefix("/*") {
            let (said, after) = inside.split_once("*/").expect("the end of a comment");
            if code.trim().is_empty() {
                let lines = said.lines().map(|line| line.trim().trim_start_matches('*'));
                comment = one_line(&lines.collect::<Vec<_>>().join(" "));
            }
            rest = after;
            continue;
        }
        if next == '#' {
            rest = rest.split_once('\n').map_or("", |(_, after)| after);
            continue;
        }
        rest = &rest[next.len_utf8()..];
        match next {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if next != ';' || depth > 0 {
            code.push(next);
            continue;
        }
        found.push(Declaration {
            comment: std::mem::take(&mut comment),
            code: one_line(&std::mem::take(&mut code)),
        });
    }
    assert!(code.trim().is_empty(), "left over: {code}");
    found
}

struct Function {
    name: String,
    result: String,
    /// Type and name.
    parameters: Vec<(String, String)>,
    comment: String,
}

impl Function {
    fn has_error(&self) -> bool {
        let last = self.parameters.last();
        last.is_some_and(|(kind, _)| kind == "zoom_s2s_error **")
    }
}

/// A type and a name, apart: `const char *name`.
fn typed(code: &str) -> (String, String) {
    let at = code.rfind([' ', '*']).expect("a type and a name") + 1;
    (code[..at].trim().to_owned(), code[at..].to_owned())
}

fn functions() -> Vec<Function> {
    let found: Vec<Function> = declarations()
        .into_iter()
        .filter_map(|declaration| {
            let (front, behind) = declaration.code.split_once('(')?;
            let (result, name) = typed(front);
            let parameters = behind.strip_suffix(')').expect("the end of a function");
            let parameters = match parameters {
                "void" => Vec::new(),
                some => some.split(',').map(|one| typed(one.trim())).collect(),
            };
            Some(Function {
                name,
                result,
                parameters,
                comment: declaration.comment,
            })
        })
        .collect();
    assert!(found.len() > 100, "only {} functions", found.len());
    found
}

/// Enumerations of the header, their constants and the numbers of those.
fn enumerations() -> Vec<(String, Vec<(String, i32)>)> {
    declarations()
        .iter()
        .filter_map(|declaration| declaration.code.strip_prefix("enum "))
        .map(|code| {
            let (name, constants) = code.split_once('{').expect("constants");
            let constants = constants.trim_end_matches(['}', ' ', ',']).split(',');
            let constants = constants.map(|one| {
                let (name, number) = one.split_once('=').expect("a number");
                let number = number.trim().parse().expect("a decimal number");
                (name.trim().to_owned(), number)
            });
            (name.trim().to_owned(), constants.collect())
        })
        .collect()
}

/// The constants of an enumeration, without their prefix.
fn constants(enumeration: &str, prefix: &str) -> Vec<(String, i32)> {
    let all = enumerations();
    let (_, constants) = all
        .iter()
        .find(|(name, _)| name == enumeration)
        .unwrap_or_else(|| panic!("no enum {enumeration}"));
    constants
        .iter()
        .map(|(name, number)| {
            let bare = name.strip_prefix(prefix);
            let bare = bare.unwrap_or_else(|| panic!("{name} does not begin with {prefix}"));
            (bare.to_owned(), *number)
        })
        .collect()
}

/// `NotFound` as `NOT_FOUND`.
fn shouted(name: &str) -> String {
    let mut shouted = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !shouted.is_empty() {
            shouted.push('_');
        }
        shouted.extend(letter.to_uppercase());
    }
    shouted
}

#[test]
fn the_numbers_are_pinned() {
    let pinned: Vec<(String, Vec<(String, i32)>)> = PINNED
        .iter()
        .map(|(name, constants)| {
            let constants = constants
                .iter()
                .map(|(name, number)| ((*name).into(), *number));
            ((*name).into(), constants.collect())
        })
        .collect();
    assert_eq!(enumerations(), pinned);
    for (name, constants) in &pinned {
        let numbers: BTreeSet<i32> = constants.iter().map(|(_, number)| *number).collect();
        assert_eq!(numbers.len(), constants.len(), "{name} uses a number twice");
    }
}

#[test]
fn the_numbers_are_those_of_the_sdk() {
    let mut statuses = vec![("OK".to_owned(), 0)];
    let known = ErrorStatus::ALL.iter();
    statuses.extend(known.map(|status| (shouted(&format!("{status:?}")), status.code())));
    assert_eq!(constants("zoom_s2s_status", "ZOOM_S2S_"), statuses);

    let fields = UserField::ALL.iter();
    let fields: Vec<_> = fields
        .map(|field| (field.name().to_uppercase(), field.number()))
        .collect();
    assert_eq!(constants("zoom_s2s_user_field", "ZOOM_S2S_USER_"), fields);

    let counters = Counter::ALL.iter();
    let counters: Vec<_> = counters
        .map(|counter| (counter.name().to_uppercase(), *counter as i32))
        .collect();
    assert_eq!(constants("zoom_s2s_stat", "ZOOM_S2S_STAT_"), counters);
}

/// What a C program says of the numbers' names, and what the SDK does.
#[test]
fn the_names_of_the_numbers_reach_c() {
    let test = "the_names_of_the_numbers_reach_c";
    if !has_tool("cc") {
        return skip(test, "cc");
    }
    let mut prints = String::new();
    let mut expected = String::new();
    for (_, constants) in enumerations() {
        for (name, number) in constants {
            writeln!(prints, "    printf(\"{name} %d\\n\", (int){name});").unwrap();
            writeln!(expected, "{name} {number}").unwrap();
        }
    }
    let statuses = constants("zoom_s2s_status", "ZOOM_S2S_");
    let kinds: BTreeMap<_, _> = constants("zoom_s2s_field_kind", "ZOOM_S2S_KIND_")
        .into_iter()
        .collect();
    for number in [i32::MIN, i32::MAX].into_iter().chain(-3..=120) {
        let status = statuses.iter().find(|(_, known)| *known == number);
        let status = status.map_or("", |(name, _)| name);
        let field = UserField::from_number(number);
        let name = field.map_or("", |field| field.name());
        let kind = field.map_or(0, |field| match field.kind() {
            FieldKind::Text => kinds["TEXT"],
            FieldKind::Number => kinds["NUMBER"],
            FieldKind::List => kinds["LIST"],
            _ => panic!("a kind without a number"),
        });
        let mut counters = Counter::ALL.iter();
        let counter = counters.find(|counter| **counter as i32 == number);
        let counter = counter.map_or("", |counter| counter.name());
        let back = field.map_or(0, UserField::number);
        write!(
            expected,
            "{number} [{status}] [{counter}] [{name}] {back} {kind}"
        )
        .unwrap();
        let keys = field.map_or(&[][..], |field| field.entry_keys());
        for index in 0..4 {
            write!(expected, " [{}]", keys.get(index).unwrap_or(&"")).unwrap();
        }
        expected.push('\n');
    }

    let folder = folder(test);
    let (source, program) = (folder.join("names.c"), folder.join("names"));
    fs::write(&source, NAMES.replace("@PRINTS@", &prints)).expect("the source is written");
    compile(&compiler("c"), &[&source], &[] as &[&str], &program);
    let output = succeed(&mut Command::new(&program));
    let said = text(&output.stdout);
    for (said, expected) in said.lines().zip(expected.lines()) {
        assert_eq!(said, expected);
    }
    assert_eq!(said, expected);
}

const NAMES: &str = r#"
#include <stdio.h>
#include "zoom_s2s.h"

static void show(int32_t number)
{
    const char *name = zoom_s2s_user_field_name(number);
    printf("%d [%s] [%s] [%s] %d %d", (int)number, zoom_s2s_status_name(number),
           zoom_s2s_stat_name(number), name, (int)zoom_s2s_user_field_number(name),
           (int)zoom_s2s_user_field_kind(number));
    for (size_t index = 0; index < 4; index++)
        printf(" [%s]", zoom_s2s_user_field_entry_key(number, index));
    puts("");
}

int main(void)
{
@PRINTS@
    show(INT32_MIN);
    show(INT32_MAX);
    for (int32_t number = -3; number <= 120; number++)
        show(number);
    return 0;
}
"#;

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
        format!("{ours}\n{ours}\n{ours}\n1 1\n")
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

/// Panics with all that is missing, not only the first.
fn complain(missing: &[String]) {
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn every_type_says_how_long_it_lives_and_who_may_use_it() {
    let types = declarations();
    let types = types.iter().filter(|one| one.code.starts_with("typedef"));
    let mut missing = Vec::new();
    for declaration in types {
        let words: Vec<&str> = declaration.code.split(' ').collect();
        let [_, "struct", tag, name] = words[..] else {
            panic!("not an opaque type: {}", declaration.code);
        };
        assert_eq!(tag, name);
        for part in ["Threads:", "Lifetime:", &format!("{name}_free")] {
            if !declaration.comment.contains(part) {
                missing.push(format!("{name}: the comment lacks \"{part}\""));
            }
        }
    }
    complain(&missing);
}

#[test]
fn every_function_says_what_it_returns_and_who_owns_it() {
    let mut missing = Vec::new();
    for function in functions() {
        let comment = &function.comment;
        let mut wanted = Vec::new();
        if comment.is_empty() {
            wanted.push("a comment");
        }
        if function.has_error() {
            assert_eq!(function.result, "int32_t", "{}", function.name);
            if !comment.to_lowercase().contains("errors:") {
                wanted.push("Errors:");
            }
            let mut before = function.parameters.iter().rev().skip(1);
            let is_object = |kind: &str| kind.starts_with("zoom_s2s_") && kind.ends_with(" **");
            if before.any(|(kind, _)| is_object(kind)) && !comment.contains("which you free") {
                wanted.push("which you free");
            }
        } else if function
            .parameters
            .iter()
            .any(|(kind, _)| kind.ends_with('*'))
        {
            if !comment.contains("NULL") {
                wanted.push("NULL");
            }
        } else if function.result.ends_with('*') && !comment.contains("Static.") {
            wanted.push("Static.");
        }
        missing.extend(
            wanted
                .iter()
                .map(|part| format!("{}: {part}", function.name)),
        );
    }
    complain(&missing);
}

/// A comment must not send its reader to a name that is not there.
#[test]
fn the_comments_name_what_exists() {
    let header = header();
    let mut known: BTreeSet<String> = VARIABLES.map(str::to_owned).into();
    for (name, constants) in enumerations() {
        known.insert(name);
        known.extend(constants.into_iter().map(|(name, _)| name));
    }
    known.extend(functions().into_iter().map(|function| function.name));
    for line in header.lines() {
        if let Some(words) = line.strip_prefix("#define ") {
            known.extend(words.split_whitespace().next().map(str::to_owned));
        } else if let Some(words) = line.strip_prefix("typedef struct ") {
            known.extend(words.split_whitespace().next().map(str::to_owned));
        }
    }
    let mut missing = BTreeSet::new();
    let words = header.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    for word in words.filter(|word| word.to_lowercase().starts_with("zoom_s2s_")) {
        if !known.contains(word) && word != "ZOOM_S2S_H" {
            missing.insert(word.to_owned());
        }
    }
    assert!(
        missing.is_empty(),
        "the header names {missing:?}, which nothing is called"
    );
}
