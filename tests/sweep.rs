//! Every pointer of every function of the header, given every mistake: a C program made from the header
//! calls them, so that a new function is swept without anybody thinking of it.
#![cfg(target_os = "linux")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use support::c::{compile, compiler, folder, root, succeed, text, with_sandbox};

const TYPES: [&str; 12] = [
    "client",
    "config",
    "users_query",
    "request",
    "response",
    "token",
    "users_pager",
    "users_page",
    "entries_pager",
    "entries_page",
    "error",
    "text",
];

/// Calls that may end otherwise than in INVALID_ARGUMENT naming the parameter: function ("*" for any),
/// parameter, case, status, and why.
const EXCEPTIONS: [(&str, &str, &str, &str, &str); 18] = [
    (
        "client_list_users",
        "query",
        "NULL",
        "0",
        "NULL: active users",
    ),
    ("client_token_copy", "needed", "NULL", "0", "nullable"),
    ("users_page_column", "texts", "NULL", "0", "nullable"),
    ("users_page_column", "offsets", "NULL", "0", "nullable"),
    ("users_page_column", "present", "NULL", "0", "nullable"),
    (
        "request_set_body",
        "body",
        "utf-8",
        "0",
        "bytes, not a text",
    ),
    (
        "request_set_body",
        "body",
        "empty",
        "0",
        "bytes, not a text",
    ),
    ("request_set_body", "body", "long", "0", "bytes, not a text"),
    ("request_add_query", "value", "empty", "0", "may be empty"),
    ("request_add_header", "value", "empty", "0", "may be empty"),
    (
        "users_page_member_json",
        "name",
        "empty",
        "0",
        "there is no such member",
    ),
    (
        "entries_page_member_json",
        "name",
        "empty",
        "0",
        "there is no such member",
    ),
    ("request_new", "method", "newline", "1", "no such method"),
    (
        "client_user",
        "id_or_email",
        "newline",
        "30",
        "goes to Zoom percent-encoded",
    ),
    (
        "users_query_set_role_id",
        "role_id",
        "newline",
        "0",
        "goes to Zoom percent-encoded",
    ),
    (
        "client_reject_token",
        "value",
        "newline",
        "0",
        "another token than the held one",
    ),
    (
        "client_pages",
        "key",
        "newline",
        "0",
        "told when the answer has no such array",
    ),
    // Told by zoom_s2s_client_new, zoom_s2s_client_send, or there is no such member.
    ("*", "*", "newline", "0", "told when it is used"),
];

#[derive(Clone, PartialEq)]
enum Kind {
    Error,
    Output(String),
    Handle(String),
    Text,
    Buffer,
    Length,
    Place(String),
    Number,
}

struct Function {
    name: String,
    result: String,
    parameters: Vec<(Kind, String)>,
    /// What its comment names for NULL.
    harmless: Option<String>,
}

fn header() -> Vec<Function> {
    let header = fs::read_to_string(root().join("include/zoom_s2s.h")).unwrap();
    let (mut functions, mut rest) = (Vec::new(), header.as_str());
    while let Some(start) = rest.find("/**") {
        let (comment, behind) = rest[start..].split_once("*/").unwrap();
        rest = behind;
        let code = behind.split("/*").next().unwrap();
        let Some((prototype, _)) = code.split_once(");") else {
            continue;
        };
        let words: Vec<_> = prototype.split_whitespace().collect();
        let prototype = words.join(" ");
        let Some((head, parameters)) = prototype.split_once('(') else {
            continue;
        };
        if prototype.contains('#') || prototype.contains('{') {
            continue;
        }
        let comment: Vec<_> = comment
            .split_whitespace()
            .filter(|word| *word != "*")
            .collect();
        let comment = comment.join(" ");
        let harmless = comment.split_once("NULL: ").map(|(_, value)| {
            let value = value.split(" and ").next().unwrap();
            value
                .trim_end_matches('.')
                .replace("ZOOM_S2S_OK", "0")
                .replace("fallback", "4711")
        });
        let at = head
            .find("zoom_s2s_")
            .map(|_| head.rfind("zoom_s2s_").unwrap())
            .unwrap();
        functions.push(Function {
            name: head[at + 9..].to_owned(),
            result: head[..at].trim().to_owned(),
            parameters: parameters
                .split(',')
                .filter(|one| one.trim() != "void")
                .map(parameter)
                .collect(),
            harmless,
        });
    }
    functions
}

fn parameter(text: &str) -> (Kind, String) {
    let at = text.rfind([' ', '*']).unwrap() + 1;
    let (kind, name) = (text[..at].trim(), text[at..].to_owned());
    let object = kind.trim_start_matches("const ").strip_prefix("zoom_s2s_");
    let kind = match (kind, object) {
        ("zoom_s2s_error **", _) => Kind::Error,
        (_, Some(object)) if kind.ends_with("**") => {
            Kind::Output(object.trim_end_matches(" **").into())
        }
        (_, Some(object)) => Kind::Handle(object.trim_end_matches(" *").into()),
        ("const char *", _) => Kind::Text,
        ("char *", _) => Kind::Buffer,
        ("size_t *", _) => Kind::Length,
        _ if kind.ends_with("**") => Kind::Place(kind.trim_end_matches('*').to_owned()),
        _ => Kind::Number,
    };
    (kind, name)
}

/// The argument that is right.
fn right(kind: &Kind, name: &str) -> String {
    match kind {
        Kind::Error | Kind::Output(_) | Kind::Place(_) | Kind::Length => format!("&out_{name}"),
        Kind::Handle(object) => format!("live_{object}"),
        Kind::Buffer => "buffer".into(),
        Kind::Text => match name {
            "method" => "\"GET\"".into(),
            "path" => "\"/users\"".into(),
            _ => "\"text\"".into(),
        },
        Kind::Number => match name {
            "row" | "index" | "regional" | "ca_only" => "0".into(),
            "size" => "sizeof buffer".into(),
            "field" => "ZOOM_S2S_USER_EMAIL".into(),
            "fallback" => "FALLBACK".into(),
            _ => "1".into(),
        },
    }
}

/// The mistakes that can be made with a parameter: what they are called, and the argument.
fn wrong(kind: &Kind) -> Vec<(String, String)> {
    let mut cases = vec![("NULL".to_owned(), "NULL".to_owned())];
    match kind {
        Kind::Number => cases.clear(),
        Kind::Handle(object) => {
            for other in TYPES.iter().filter(|other| *other != object) {
                cases.push((format!("a {other}"), format!("(void *)live_{other}")));
            }
            cases.push((
                "misaligned".into(),
                format!("(void *)((char *)live_{object} + 1)"),
            ));
        }
        Kind::Text => cases.extend(
            [
                ("utf-8", "\"a\\xff\\xfe\""),
                ("empty", "\"\""),
                ("long", "megabyte"),
                ("newline", "\"a\\nb\""),
            ]
            .map(|(case, value)| (case.to_owned(), value.to_owned())),
        ),
        _ => {}
    }
    cases
}

/// One call in C, and the line that tells of it.
fn call(made: &mut String, function: &Function, parameter: &str, case: &str, arguments: &[String]) {
    let what = format!("\"{}\\t{parameter}\\t{case}\"", function.name);
    let (mut places, mut dirty, mut frees) = (String::new(), "0".to_owned(), String::new());
    let mut error = "NULL";
    for ((kind, name), argument) in function.parameters.iter().zip(arguments) {
        let given = argument.starts_with("&out_");
        match kind {
            _ if !given => {}
            Kind::Error => {
                places += "zoom_s2s_error *out_error = DIRTY; ";
                error = "out_error";
            }
            Kind::Output(object) => {
                write!(places, "zoom_s2s_{object} *out_{name} = DIRTY; ").unwrap();
                write!(dirty, " || (got != 0 && out_{name} != NULL)").unwrap();
                write!(frees, "zoom_s2s_{object}_free(out_{name}); ").unwrap();
            }
            Kind::Place(kind) => {
                write!(places, "{kind}*out_{name} = DIRTY; ").unwrap();
                write!(dirty, " || (got != 0 && out_{name} != NULL)").unwrap();
            }
            Kind::Length => {
                write!(places, "size_t out_{name} = 99; (void)out_{name}; ").unwrap();
                write!(dirty, " || (got != 0 && out_{name} == 99)").unwrap();
            }
            _ => {}
        }
    }
    let has_error = function
        .parameters
        .iter()
        .any(|(kind, _)| *kind == Kind::Error);
    let run = format!("zoom_s2s_{}({})", function.name, arguments.join(", "));
    let body = match function.result.as_str() {
        _ if has_error => {
            format!("int32_t got = {run}; told({what}, got, {dirty}, {error}); {frees}")
        }
        "void" => format!("{run}; number({what}, 0);"),
        "const char *" => format!("text({what}, {run});"),
        _ => format!("number({what}, (long long){run});"),
    };
    writeln!(made, "{{ {places}{body} }}").unwrap();
}

fn calls(functions: &[Function]) -> String {
    let mut made = String::new();
    for function in functions {
        let all: Vec<_> = function
            .parameters
            .iter()
            .map(|(kind, name)| right(kind, name))
            .collect();
        let mut pointers = 0;
        for (place, (kind, name)) in function.parameters.iter().enumerate() {
            for (case, value) in wrong(kind) {
                let mut arguments = all.clone();
                arguments[place] = value;
                if *kind == Kind::Error {
                    // A call that succeeds might do harm; without an error to tell it still says so.
                    for ((kind, _), argument) in function.parameters.iter().zip(&mut arguments) {
                        if *kind != Kind::Number {
                            *argument = "NULL".into();
                        }
                    }
                }
                call(&mut made, function, name, &case, &arguments);
                pointers += 1;
            }
        }
        if pointers == 0 {
            call(&mut made, function, "-", "-", &all);
        }
    }
    made
}

fn build(functions: &[Function]) -> PathBuf {
    let folder = folder("sweep");
    fs::write(folder.join("calls.inc"), calls(functions)).unwrap();
    let program = folder.join("sweep");
    let source = root().join("tests/c/sweep.c");
    let include = format!("-I{}", folder.display());
    compile(&compiler("c"), &[&source], &[include], &program);
    program
}

/// The mistakes of the library in this run.
fn judge(functions: &[Function], output: &str) -> Vec<String> {
    let by_name: BTreeMap<_, _> = functions
        .iter()
        .map(|one| (one.name.as_str(), one))
        .collect();
    let (mut swept, mut used, mut bad) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    for line in output.lines() {
        let columns: Vec<_> = line.splitn(6, '\t').collect();
        let [name, parameter, case, status, dirty, said] = columns[..] else {
            panic!("not a line of the program's: {line:?}");
        };
        if name == "all" {
            assert_eq!(said, "1", "an object did not survive");
            continue;
        }
        swept.insert(name);
        let function = by_name[name];
        let kind = function
            .parameters
            .iter()
            .find(|(_, known)| known == parameter);
        let is_right = match (status, kind) {
            ("-", None) => true,
            ("-", Some((Kind::Handle(_), _))) => match (function.result.as_str(), name, case) {
                ("void", ..) => true,
                (_, "error_status", "NULL") => said == "0",
                (_, "error_status", _) => said == "1",
                _ => function
                    .harmless
                    .as_deref()
                    .is_some_and(|value| value.trim_matches('"') == said),
            },
            // A text that cannot be used finds nothing; a length is not asked for.
            ("-", Some((Kind::Text, _))) => ["", "0", "4711"].contains(&said),
            ("-", _) => true,
            (_, Some((Kind::Error, _))) => status == "1",
            _ => {
                let exception = EXCEPTIONS
                    .iter()
                    .position(|(function, known, when, ends, _)| {
                        (*function == name || *function == "*")
                            && (*known == parameter || *known == "*")
                            && *when == case
                            && *ends == status
                    });
                used.extend(exception);
                exception.is_some() || (status == "1" && said.contains(parameter))
            }
        };
        if !is_right || dirty != "0" {
            bad.push(line.to_owned());
        }
    }
    assert_eq!(
        swept.len(),
        functions.len(),
        "some functions were not called"
    );
    for (place, exception) in EXCEPTIONS.iter().enumerate() {
        if !used.contains(&place) {
            bad.push(format!("exception that nothing needs: {exception:?}"));
        }
    }
    bad
}

fn sweep(command: impl Fn(&Path) -> Command) {
    let functions = header();
    let lines = fs::read_to_string(root().join("include/zoom_s2s.h")).unwrap();
    let code = lines.lines().filter(|line| !line.starts_with(" *"));
    let prototypes = code.filter(|line| line.ends_with(");")).count();
    assert_eq!(functions.len(), prototypes, "a prototype was overlooked");
    let program = build(&functions);
    let zoom = support::sandbox(|builder| builder);
    let command = command(&program);
    let mut with = with_sandbox(command.get_program(), &zoom);
    let output = succeed(with.args(command.get_args()));
    let bad = judge(&functions, &text(&output.stdout));
    assert!(bad.is_empty(), "{}:\n{}", bad.len(), bad.join("\n"));
}

/// Both ways in one test: they share the program.
#[test]
fn every_mistake_is_told_and_harms_nothing() {
    sweep(|program| Command::new(program));
    if !support::has_tool("valgrind") {
        return support::skip("every_mistake_is_told_and_harms_nothing", "valgrind");
    }
    sweep(|program| {
        let mut command = Command::new("valgrind");
        command
            .args(["--quiet", "--error-exitcode=9", "--leak-check=full"])
            .arg("--errors-for-leak-kinds=definite")
            .arg(program);
        command
    });
}
