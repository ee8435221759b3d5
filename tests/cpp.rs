//! `include/zoom_s2s.hpp`: it compiles alone and everywhere, covers the C interface, and does what it says.
#![cfg(unix)]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use support::c::{compile, compiler, folder, root, succeed, text, with_sandbox};
use support::{has_tool, sandbox, skip};
use zoom_s2s_sandbox::{Cut, Fault, RateLimit, Sandbox, UserStatus};

const COMPILERS: [&str; 2] = ["g++", "clang++"];
const STANDARDS: [&str; 2] = ["-std=c++17", "-std=c++20"];
/// What the app needs besides the users.
const SCOPES: [&str; 2] = [
    "meeting:read:list_meetings:admin",
    "meeting:write:meeting:admin",
];
/// An answer for the lack of another one.
const SCOPE_MISSING: &str = r#"{"code":4711,"message":"Invalid access token, does not contain scopes:[dashboard:read:list_meetings:admin]."}"#;

fn source(name: &str) -> PathBuf {
    root().join(name)
}

/// An account, and the failures that `tests/cpp/behaviour.cpp` looks for.
fn account() -> Sandbox {
    let zoom = sandbox(|settings| settings.users(60));
    for scope in SCOPES {
        zoom.add_scope(scope).expect("the role permits it");
    }
    let daily = RateLimit::Daily {
        retry_after: "2100-01-01T00:00:00Z".to_owned(),
    };
    zoom.fault(
        Fault::on("GET", "/v2/roles")
            .always()
            .latency(Duration::from_secs(20)),
    );
    zoom.fault(Fault::on("GET", "/v2/metrics").always().status(
        400,
        SCOPE_MISSING,
        "application/json",
    ));
    zoom.fault(
        Fault::on("GET", "/v2/past_meetings")
            .always()
            .rate_limited(daily),
    );
    // The first such request makes a meeting.
    zoom.fault(
        Fault::on("POST", "/v2/users")
            .after(1)
            .cut(Cut::BeforeHeaders),
    );
    zoom
}

/// The program's command line: how many users there are, one of them, and a folder for files.
fn behaviour(command: &mut Command, zoom: &Sandbox, folder: &Path) {
    let all = UserStatus::ALL.map(|status| zoom.truth(status).count());
    let active = zoom.truth(UserStatus::Active).next().expect("a user").email;
    command
        .arg(all.iter().sum::<usize>().to_string())
        .arg(active)
        .arg(folder);
    let output = succeed(command);
    assert_eq!(text(&output.stdout), "done\n");
}

#[test]
fn the_header_compiles_alone_and_twice() {
    let test = "the_header_compiles_alone_and_twice";
    let folder = folder(test);
    let once = folder.join("once.cpp");
    let twice = folder.join("twice.cpp");
    let include = "#include <zoom_s2s.hpp>\n";
    fs::write(&once, include).expect("a source file");
    fs::write(&twice, include.repeat(2)).expect("a source file");
    for compiler in COMPILERS {
        if !has_tool(compiler) {
            skip(test, compiler);
            continue;
        }
        for standard in STANDARDS {
            for without in [&[][..], &["-fno-exceptions"], &["-fno-rtti"]] {
                let mut command = Command::new(compiler);
                command
                    .args(["-Wall", "-Wextra", "-Wshadow", "-pedantic", "-Werror"])
                    .args(["-fsyntax-only", standard])
                    .args(without)
                    .arg(format!("-I{}", root().join("include").display()))
                    .args([&once, &twice]);
                succeed(&mut command);
            }
        }
    }
}

/// Two files of one program include it: nothing is defined twice.
#[test]
fn the_header_links_from_two_files() {
    let test = "the_header_links_from_two_files";
    let cxx = compiler("c++");
    if !has_tool(&cxx) {
        return skip(test, &cxx);
    }
    let folder = folder(test);
    let (main, other) = (folder.join("main.cpp"), folder.join("other.cpp"));
    let include = "#include <zoom_s2s.hpp>\n";
    let body = "int main() { return other() == zoom_s2s::abi() ? 0 : 1; }\n";
    fs::write(&main, format!("{include}int other();\n{body}")).expect("a source file");
    fs::write(
        &other,
        format!("{include}int other();\nint other() {{ return zoom_s2s::abi(); }}\n"),
    )
    .expect("a source file");
    let program = folder.join("program");
    compile(&cxx, &[&main, &other], &["-std=c++17"], &program);
    succeed(&mut Command::new(program));
}

#[test]
fn every_call_does_what_it_says() {
    let test = "every_call_does_what_it_says";
    let folder = folder(test);
    let zoom_for_each = COMPILERS.into_iter().zip(STANDARDS);
    for (compiler, standard) in zoom_for_each {
        if !has_tool(compiler) {
            skip(test, compiler);
            continue;
        }
        let program = folder.join(compiler);
        let sources = [source("tests/cpp/behaviour.cpp")];
        compile(compiler, &[&sources[0]], &[standard, "-DNDEBUG"], &program);
        let zoom = account();
        behaviour(&mut with_sandbox(&program, &zoom), &zoom, &folder);
    }
}

#[test]
fn nothing_leaks_and_no_memory_is_misused() {
    let test = "nothing_leaks_and_no_memory_is_misused";
    let cxx = compiler("c++");
    for tool in [cxx.as_str(), "valgrind"] {
        if !has_tool(tool) {
            return skip(test, tool);
        }
    }
    let folder = folder(test);
    let program = folder.join("program");
    let behaving = source("tests/cpp/behaviour.cpp");
    compile(&cxx, &[&behaving], &["-std=c++17"], &program);
    let zoom = account();
    let mut command = with_sandbox("valgrind", &zoom);
    command
        .args(["--quiet", "--error-exitcode=99", "--leak-check=full"])
        .args([
            "--errors-for-leak-kinds=definite",
            "--show-leak-kinds=definite",
        ])
        .arg(&program);
    behaviour(&mut command, &zoom, &folder);
}

#[test]
fn programs_without_exceptions_have_every_call() {
    let test = "programs_without_exceptions_have_every_call";
    let cxx = compiler("c++");
    if !has_tool(&cxx) {
        return skip(test, &cxx);
    }
    let program = folder(test).join("program");
    let without = ["-std=c++17", "-fno-exceptions", "-fno-rtti"];
    compile(
        &cxx,
        &[&source("tests/cpp/no_exceptions.cpp")],
        &without,
        &program,
    );
    let zoom = account();
    let all = UserStatus::ALL.map(|status| zoom.truth(status).count());
    let users = all.iter().sum::<usize>().to_string();
    let output = succeed(with_sandbox(program, &zoom).arg(users));
    assert_eq!(text(&output.stdout), "done\n");
}

#[test]
fn the_example_lists_the_users() {
    let test = "the_example_lists_the_users";
    let cxx = compiler("c++");
    if !has_tool(&cxx) {
        return skip(test, &cxx);
    }
    let program = folder(test).join("list_users");
    let example = source("examples-c/list_users.cpp");
    compile(&cxx, &[&example], &["-std=c++17"], &program);
    let zoom = sandbox(|settings| settings.users(60));
    let listed = text(&succeed(&mut with_sandbox(&program, &zoom)).stdout);
    let expected: String = [
        UserStatus::Active,
        UserStatus::Inactive,
        UserStatus::Pending,
    ]
    .into_iter()
    .flat_map(|status| zoom.truth(status))
    .map(|user| {
        let id = user.id.unwrap_or_else(|| "(pending)".to_owned());
        format!("{}\t{id}\n", user.email)
    })
    .collect();
    assert_eq!(listed, expected);

    let refused = with_sandbox(&program, &zoom)
        .env("ZOOM_CLIENT_SECRET", "wrong")
        .output()
        .expect("the example runs");
    assert_eq!(refused.status.code(), Some(1));
    let complaint = text(&refused.stderr);
    assert!(
        complaint.starts_with("list_users: the client secret was refused by "),
        "{complaint}"
    );
}

/// The words in a text that begin with `prefix`.
fn words<'a>(text: &'a str, prefix: &str) -> BTreeSet<&'a str> {
    text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
        .filter(|word| word.starts_with(prefix))
        .collect()
}

#[test]
fn every_function_and_number_of_c_is_reachable() {
    let read = |name| fs::read_to_string(source(name)).expect("a header");
    let (c, cpp) = (read("include/zoom_s2s.h"), read("include/zoom_s2s.hpp"));
    let declarations = c.split("extern \"C\" {").nth(1).expect("declarations");
    let functions: BTreeSet<&str> = words(declarations, "zoom_s2s_")
        .into_iter()
        .filter(|name| {
            declarations
                .lines()
                .any(|line| !line.starts_with(' ') && line.contains(&format!("{name}(")))
        })
        .collect();
    assert!(functions.len() > 100, "{} functions", functions.len());
    let missing: Vec<_> = functions
        .difference(&words(&cpp, "zoom_s2s_"))
        .copied()
        .collect();
    assert!(missing.is_empty(), "not in zoom_s2s.hpp: {missing:?}");

    let numbers: BTreeSet<&str> = declarations
        .lines()
        .filter_map(|line| line.trim_start().split_once(" = "))
        .map(|(name, _)| name)
        .filter(|name| name.starts_with("ZOOM_S2S_"))
        .collect();
    assert!(numbers.len() > 70, "{} numbers", numbers.len());
    let missing: Vec<_> = numbers
        .difference(&words(&cpp, "ZOOM_S2S_"))
        .copied()
        .collect();
    assert!(missing.is_empty(), "not in zoom_s2s.hpp: {missing:?}");
}
