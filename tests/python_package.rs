//! The Python package: its own tests against a sandbox, its types and its style, and its wheel.
#![cfg(target_os = "linux")]

mod support;

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use support::c::{folder, library, root, succeed, text, with_sandbox};
use support::{has_tool, sandbox, skip};
use zoom_s2s_sandbox::{Sandbox, World};

const PACKAGE: &str = "python";
const PARTS: [&str; 8] = [
    "test_auth",
    "test_build",
    "test_calls",
    "test_interrupt",
    "test_library",
    "test_lifetime",
    "test_processes",
    "test_users",
];
/// What needs nothing from PyPI and takes seconds: run by every Python.
const QUICK: [&str; 7] = [
    "test_build",
    "test_calls.Requests",
    "test_calls.Settings",
    "test_interrupt",
    "test_library",
    "test_lifetime",
    "test_users",
];
const PROGRAM: &str = "import zoom_s2s\nwith zoom_s2s.Client.from_env() as zoom:\n    \
                       print(len(list(zoom.users(status='all'))), zoom_s2s._library._find())";

/// The programs that the package is checked with, from PyPI; none without a network.
fn tools() -> Option<&'static Path> {
    static FOLDER: OnceLock<Option<PathBuf>> = OnceLock::new();
    FOLDER
        .get_or_init(|| {
            let output = Command::new(root().join("python/tools")).output().ok()?;
            if !output.status.success() {
                eprintln!("python/tools: {}", text(&output.stderr));
                return None;
            }
            Some(PathBuf::from(text(&output.stdout).trim()))
        })
        .as_deref()
}

/// A Python of the tools, else the system's.
fn python() -> Option<PathBuf> {
    tools()
        .map(|folder| folder.join("python"))
        .or_else(|| has_tool("python3").then(|| "python3".into()))
}

/// The other Pythons of this machine from 3.9 to 3.13, one of each, on the path or of pyenv.
fn other_pythons(but: &Path) -> Vec<PathBuf> {
    let pyenv = std::env::var_os("HOME").map(|home| Path::new(&home).join(".pyenv/versions"));
    let installed = pyenv.and_then(|folder| fs::read_dir(folder).ok());
    let named = (9..=13).map(|minor| PathBuf::from(format!("python3.{minor}")));
    let mut tried: Vec<u32> = minor_version(but).into_iter().collect();
    named
        .chain(
            installed
                .into_iter()
                .flatten()
                .flatten()
                .map(|version| version.path().join("bin/python3")),
        )
        .filter(|python| {
            let new = minor_version(python)
                .filter(|minor| (9..=13).contains(minor) && !tried.contains(minor));
            tried.extend(new);
            new.is_some()
        })
        .collect()
}

/// The 9 of Python 3.9; none where there is no such program, or only a shim of pyenv's.
fn minor_version(python: &Path) -> Option<u32> {
    let output = Command::new(python)
        .args(["-c", "import sys; print(sys.version_info[1])"])
        .output()
        .ok()?;
    text(&output.stdout).trim().parse().ok()
}

/// Runs these parts of the package's tests by this Python; what it said.
fn run(python: &Path, world: World, parts: &[&str]) -> String {
    let zoom = sandbox(|sandbox| sandbox.world(world).users(700));
    let mut command = with_sandbox(python, &zoom);
    command
        .args(["-X", "dev", "-W", "error", "-m", "unittest", "-v"])
        .args(parts)
        .current_dir(root().join(PACKAGE).join("tests"))
        .env("PYTHONPATH", root().join(PACKAGE))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("NO_PROXY", "*")
        .env("ZOOM_S2S_LIBRARY", library().join("libzoom_s2s.so.1"))
        .env("ZOOM_S2S_HEADER", root().join("include/zoom_s2s.h"));
    let said = text(&succeed(&mut command).stderr);
    assert!(said.contains("\nRan "), "{said}");
    said
}

fn suite(world: World, parts: &[&str]) {
    let Some(python) = python() else {
        return skip("python_package", "python3");
    };
    for line in run(&python, world, parts).lines() {
        // NAME (PLACE) ... skipped 'TOOL is not installed'
        if let Some((test, why)) = line.split_once(" ... skipped ") {
            let tool = why.trim_matches('\'').split(' ').next().unwrap_or(why);
            skip(&format!("python_package: {test}"), tool);
        }
    }
}

#[test]
fn its_tests_pass_where_old_tokens_live_on() {
    suite(World::MultiToken, &PARTS);
}

#[test]
fn its_tests_pass_where_a_new_token_kills_the_old_one() {
    suite(World::SingleToken, &PARTS);
}

#[test]
fn its_tests_pass_under_every_python_there_is() {
    let Some(python) = python() else {
        return skip("python_package: other Pythons", "python3");
    };
    let others = other_pythons(&python);
    if others.is_empty() {
        println!("only python3 was tried: there is no other Python from 3.9 to 3.13");
    }
    for other in others {
        println!("{}", other.display());
        run(&other, World::MultiToken, &QUICK);
    }
}

#[test]
fn its_recipes_for_asyncio_and_gevent_work() {
    suite(World::SingleToken, &["test_recipes"]);
}

#[test]
fn every_test_is_run() {
    for entry in fs::read_dir(root().join(PACKAGE).join("tests")).expect("the tests") {
        let name = entry.expect("a file").file_name();
        let name = name.to_string_lossy();
        if let Some(part) = name.strip_suffix(".py").filter(|n| n.starts_with("test_")) {
            assert!(
                PARTS.contains(&part) || part == "test_recipes",
                "{name} is not in PARTS"
            );
        }
    }
}

#[test]
fn it_has_the_version_of_the_library() {
    let source =
        fs::read_to_string(root().join("python/zoom_s2s/__init__.py")).expect("the package");
    let line = format!("__version__ = \"{}\"", env!("CARGO_PKG_VERSION"));
    assert!(source.contains(&line), "{line}");
}

#[test]
fn mypy_and_ruff_find_nothing() {
    let Some(tools) = tools() else {
        return skip("python_package: mypy and ruff", "pip, or its network,");
    };
    let check = |program: &str, arguments: &[&str]| {
        succeed(
            Command::new(tools.join(program))
                .args(arguments)
                .current_dir(root().join(PACKAGE))
                .env("MYPY_CACHE_DIR", folder("python-mypy"))
                .env("RUFF_NO_CACHE", "true"),
        );
    };
    check("mypy", &[]);
    check("mypy", &["--strict", "tests/typed.py"]);
    check("ruff", &["check", "."]);
    check("ruff", &["format", "--check", "."]);
}

/// A command of the user's, who is not in a build by cargo: some crates are built anew when its
/// variables change.
fn clean(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        let of_cargo = name.starts_with("CARGO_")
            && !["CARGO_HOME", "CARGO_TARGET_DIR", "CARGO_NET_OFFLINE"].contains(&&*name);
        if of_cargo || ["RUSTFLAGS", "LD_LIBRARY_PATH"].contains(&&*name) {
            command.env_remove(&*name);
        }
    }
    command.current_dir(root());
    command
}

/// An empty virtual environment; none where Python has no module for it.
fn environment(place: &Path) -> Option<PathBuf> {
    let made = Command::new("python3")
        .args(["-m", "venv"])
        .arg(place)
        .output();
    made.is_ok_and(|output| output.status.success())
        .then(|| place.join("bin/python"))
}

/// Installs what `what` names into an empty environment and lists users by it.
fn install_and_run(python: &Path, zoom: &Sandbox, what: &Path, path: &str) {
    let site = python.parent().and_then(Path::parent).expect("a folder");
    succeed(
        clean(python)
            .args(["-m", "pip", "install", "--no-index", "--no-cache-dir"])
            .arg(what)
            .env("PATH", path)
            .env("PIP_DISABLE_PIP_VERSION_CHECK", "1"),
    );
    let output = succeed(
        with_sandbox(python, zoom)
            .args(["-c", PROGRAM])
            .current_dir(site)
            .env("PATH", path)
            .env_remove("ZOOM_S2S_LIBRARY"),
    );
    let said = text(&output.stdout);
    let (users, place) = said.trim().split_once(' ').expect("two words");
    assert_eq!(users, "50", "all users");
    let carried = fs::canonicalize(place).expect("the library");
    let site = fs::canonicalize(site).expect("the environment");
    assert!(carried.starts_with(&site), "{carried:?} is not in {site:?}");
}

#[test]
fn a_wheel_installs_into_an_empty_environment_without_rust_and_runs() {
    let work = folder("python-wheel");
    let Some(python) = environment(&work.join("environment")) else {
        return skip("python_package: the wheel", "python3:ensurepip");
    };
    let output = succeed(
        Command::new("python3")
            .arg(root().join("python/build_backend.py"))
            .arg(&work)
            .env("ZOOM_S2S_WHEEL_LIBRARY", library().join("libzoom_s2s.so"))
            .env("CARGO", "/nonexistent/cargo"),
    );
    let wheel = PathBuf::from(text(&output.stdout).trim());
    let name = wheel.file_name().expect("a name").to_string_lossy();
    assert!(name.contains("-py3-none-linux_"), "{name}");
    install_and_run(&python, &sandbox(|sandbox| sandbox), &wheel, "/nonexistent");
}

/// The commands of the README that lead from nothing to the first user in Python.
fn commands_of_the_readme() -> Vec<String> {
    let readme = fs::read_to_string(root().join("README.md")).expect("the README");
    let (_, rest) = readme
        .split_once("first user in three commands")
        .expect("the place");
    let block = rest.split("```").nth(1).expect("a block");
    let lines = block.strip_prefix("sh\n").expect("shell").lines();
    lines.map(str::to_owned).collect()
}

/// As somebody would who has just heard of it: with Rust, and in an empty environment.
#[test]
fn three_commands_of_the_readme_lead_to_the_first_user() {
    let work = folder("python-newcomer");
    let Some(python) = environment(&work.join("environment")) else {
        return skip("python_package: pip install ./python", "python3:ensurepip");
    };
    if !has_tool("git") {
        return skip("python_package: git clone", "git");
    }
    let path = std::env::var("PATH").unwrap_or_default();
    let bin = python.parent().expect("a folder").display();
    let commands = commands_of_the_readme();
    assert_eq!(commands.len(), 3, "{commands:?}");
    let origin = publish(&work);
    let script = commands.join("\n").replacen("https://…", &origin, 1);
    assert!(script.contains(&origin), "{script}");
    let zoom = sandbox(|sandbox| sandbox);
    let output = succeed(
        clean("sh")
            .args(["-e", "-c", &script])
            .current_dir(&work)
            .envs(zoom.env())
            .env("PATH", format!("{bin}:{path}"))
            // What others have built already need not be built again for a test.
            .env("CARGO_TARGET_DIR", root().join("target"))
            .env("PIP_DISABLE_PIP_VERSION_CHECK", "1")
            .env_remove("ZOOM_S2S_LIBRARY"),
    );
    let said = text(&output.stdout);
    let mut active = zoom.truth(zoom_s2s_sandbox::UserStatus::Active);
    let first = active.next().expect("a user");
    assert!(said.contains(&first.email), "{said}");
}

/// The address of a repository of what would be committed now.
fn publish(work: &Path) -> String {
    let repository = work.join("origin.git");
    for arguments in [
        &["init", "--quiet"][..],
        &["add", "--all"],
        &["commit", "--quiet", "--message=all"],
    ] {
        succeed(
            Command::new("git")
                .arg(format!("--git-dir={}", repository.display()))
                .arg(format!("--work-tree={}", root().display()))
                .args(["-c", "user.name=a", "-c", "user.email=a@example.com"])
                .args(arguments),
        );
    }
    format!("file://{}", repository.display())
}

#[test]
fn the_wheel_to_give_away_is_what_its_tag_says() {
    let Some(tools) = tools() else {
        return skip(
            "python_package: the manylinux wheel",
            "pip, or its network,",
        );
    };
    if cfg!(not(target_arch = "x86_64")) || !has_tool("objdump") {
        return skip("python_package: the manylinux wheel", "objdump");
    }
    let output = succeed(&mut clean(root().join("python/wheel")));
    let wheel = PathBuf::from(text(&output.stdout).trim());
    let shown = succeed(
        Command::new(tools.join("auditwheel"))
            .arg("show")
            .arg(&wheel),
    );
    let shown = text(&shown.stdout).replace('\n', " ");
    assert!(
        shown.contains("consistent with the following platform tag: \"manylinux_2_17_x86_64\""),
        "{shown}"
    );
    let work = folder("python-manylinux");
    let Some(python) = environment(&work.join("environment")) else {
        return skip("python_package: the manylinux wheel", "python3:ensurepip");
    };
    install_and_run(&python, &sandbox(|sandbox| sandbox), &wheel, "/nonexistent");
}
