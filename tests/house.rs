//! The project's rules about itself: size of the dependency tree, where `unsafe` may stand, lengths
//! of files, versions that agree, and nothing committed that only makes sense on one machine.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Everything under these is held to the rules for shipped source.
const SOURCE_DIRS: [&str; 4] = ["src", "cli/src", "sandbox/src", "benches"];
const MAX_CRATES: usize = 50;
const MAX_LINES: usize = 600;
const TEST_COMMAND: &str = "make deps test";
const FIRST_COMMAND: &str = "cargo run -- users --sandbox";

#[test]
fn the_sdk_pulls_in_few_crates() {
    let tree = cargo(&[
        "tree",
        "--locked",
        "--package=zoom-s2s",
        "--edges=normal",
        "--prefix=none",
        "--format={p}",
    ]);
    let crates: BTreeSet<String> = tree
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            let (name, version) = (words.next()?, words.next()?);
            (name != "zoom-s2s").then(|| format!("{name} {version}"))
        })
        .collect();
    assert!(!crates.is_empty(), "cargo tree printed nothing to count");
    assert!(
        crates.len() <= MAX_CRATES,
        "{} crates in the default tree of zoom-s2s, at most {MAX_CRATES} are allowed. Find out \
         which one was not needed (cargo tree -p zoom-s2s -e normal -i NAME):\n{}",
        crates.len(),
        lines(&crates)
    );
}

#[test]
fn no_dependency_needs_a_newer_rust_than_we_promise() {
    let metadata = metadata();
    let ours = rust_version(&metadata);
    let newer: Vec<String> = packages(&metadata)
        .filter_map(|package| {
            let theirs = package["rust_version"].as_str()?;
            let name = text(package, "name");
            (version(theirs) > version(&ours))
                .then(|| format!("{name} {} needs Rust {theirs}", text(package, "version")))
        })
        .collect();
    assert!(
        newer.is_empty(),
        "rust-version = \"{ours}\" in Cargo.toml is not what the dependencies allow. Take an older \
         release of these, or raise rust-version and say so in CHANGELOG.md:\n{}",
        lines(&newer)
    );
}

#[test]
fn the_packages_and_the_changelog_name_one_version() {
    let metadata = metadata();
    let members: BTreeSet<&str> = metadata["workspace_members"]
        .as_array()
        .expect("workspace_members is a list")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let versions: BTreeMap<&str, &str> = packages(&metadata)
        .filter(|package| members.contains(text(package, "id")))
        .map(|package| (text(package, "name"), text(package, "version")))
        .collect();
    for name in [
        "zoom-s2s",
        "zoom-s2s-bench",
        "zoom-s2s-cli",
        "zoom-s2s-sandbox",
    ] {
        assert!(
            versions.contains_key(name),
            "package {name} is not in the workspace: {versions:?}"
        );
    }
    let ours = versions["zoom-s2s"];
    assert!(
        versions.values().all(|version| *version == ours),
        "the packages of the workspace carry different versions: {versions:?}"
    );

    let changelog = read("CHANGELOG.md");
    let newest = changelog
        .lines()
        .find(|line| line.starts_with("## "))
        .expect("CHANGELOG.md has a heading of the second level");
    assert!(
        newest.contains(&format!("[{ours}]")),
        "the newest heading of CHANGELOG.md is {newest:?}, Cargo.toml says {ours}"
    );
}

#[test]
fn unsafe_stands_only_at_the_c_border_and_in_the_fork_module() {
    let mut found = Vec::new();
    for file in source_files() {
        if may_be_unsafe(&file) {
            continue;
        }
        let code = code_only(&read(&file));
        for (number, line) in code.lines().enumerate() {
            if words(line).any(|word| word == "unsafe") {
                found.push(format!("{file}:{}", number + 1));
            }
        }
    }
    assert!(
        found.is_empty(),
        "unsafe belongs in src/ffi/ and in the fork module, with its reason beside it; found in:\n{}",
        lines(&found)
    );
    assert!(
        code_only(&read("src/lib.rs")).contains("#![deny(unsafe_code)]"),
        "src/lib.rs must say #![deny(unsafe_code)]"
    );
}

#[test]
fn source_files_stay_short() {
    let long: Vec<String> = source_files()
        .into_iter()
        .filter_map(|file| {
            let count = read(&file).lines().count();
            (count > MAX_LINES).then(|| format!("{file}: {count} lines"))
        })
        .collect();
    assert!(
        long.is_empty(),
        "a source file has at most {MAX_LINES} lines; split these by object:\n{}",
        lines(&long)
    );
}

#[test]
fn nothing_committed_speaks_of_the_machine_it_was_written_on() {
    // Written in halves, so that this file does not accuse itself.
    let directories = [
        concat!("/wo", "rk/"),
        concat!("/ro", "ot/"),
        concat!("/ho", "me/"),
    ];
    let outside = concat!("../sha", "red");
    let mut found = Vec::new();
    for (file, text) in committed_texts() {
        for (number, line) in text.lines().enumerate() {
            let absolute = directories
                .iter()
                .any(|directory| has_absolute_path(line, directory));
            if absolute || line.contains(outside) {
                found.push(format!("{file}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    assert!(
        found.is_empty(),
        "these lines name a path that exists on one machine only:\n{}",
        lines(&found)
    );
}

#[test]
fn links_between_the_documents_lead_somewhere() {
    let mut broken = Vec::new();
    for (file, text) in committed_texts()
        .into_iter()
        .filter(|(file, _)| file.ends_with(".md"))
    {
        let folder = Path::new(&file).parent().expect("a file lies in a folder");
        for target in link_targets(&text) {
            let path = target.split('#').next().unwrap_or_default();
            if path.is_empty() || path.contains(':') {
                continue;
            }
            match inside(&folder.join(path)) {
                Some(inside) if root().join(&inside).exists() => {}
                _ => broken.push(format!("{file}: {target}")),
            }
        }
    }
    assert!(
        broken.is_empty(),
        "these links lead to no file of this project:\n{}",
        lines(&broken)
    );
}

#[test]
fn the_readme_shows_the_python_program_that_is_tested() {
    assert!(
        read("README.md").contains(read("examples-c/ctypes_users.py").trim_end()),
        "README.md does not hold examples-c/ctypes_users.py as it is"
    );
}

#[test]
fn readme_makefile_and_ci_test_the_same_way() {
    for file in ["README.md", "CONTRIBUTING.md", ".ci/run"] {
        assert!(
            read(file).contains(TEST_COMMAND),
            "{file} does not mention `{TEST_COMMAND}`"
        );
    }
    assert!(
        read("README.md").contains(FIRST_COMMAND),
        "README.md does not mention `{FIRST_COMMAND}`"
    );
    let makefile = read("Makefile");
    for target in ["all:", "deps:", "test:", "check:", "help:"] {
        assert!(
            makefile.lines().any(|line| line.starts_with(target)),
            "Makefile has no target {target}"
        );
    }
}

#[test]
fn the_scan_for_unsafe_sees_code_and_nothing_else() {
    let code = code_only(concat!(
        "// unsafe one\n",
        "/* unsafe /* unsafe */ two */ let a = \"unsafe \\\" three\";\n",
        "let b = r#\"unsafe \" four\"#; let c = b\"unsafe\"; let d = '\"'; let e: &'static str;\n",
        "let f = br##\"unsafe \"# five\"##; let g = '\\''; let h = b'\"'; let r#type = 1;\n",
        "deny(unsafe_code); unsafe { six() }\n",
    ));
    let hits: Vec<usize> = code
        .lines()
        .enumerate()
        .filter(|(_, line)| words(line).any(|word| word == "unsafe"))
        .map(|(number, _)| number + 1)
        .collect();
    assert_eq!(hits, [5], "{code}");
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn lines<'a>(items: impl IntoIterator<Item = &'a String>) -> String {
    items
        .into_iter()
        .map(|item| format!("  {item}\n"))
        .collect()
}

fn cargo(arguments: &[&str]) -> String {
    let program = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(program)
        .args(arguments)
        .current_dir(root())
        .output()
        .expect("cargo can be started");
    assert!(
        output.status.success(),
        "cargo {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("cargo prints UTF-8")
}

/// What cargo knows of the workspace and everything it is built from on this platform.
fn metadata() -> Value {
    let about = cargo(&["-vV"]);
    let host = about
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .expect("a host line");
    let platform = format!("--filter-platform={host}");
    let json = cargo(&["metadata", "--format-version=1", "--locked", &platform]);
    serde_json::from_str(&json).expect("cargo metadata prints JSON")
}

fn packages(metadata: &Value) -> impl Iterator<Item = &Value> {
    metadata["packages"]
        .as_array()
        .expect("packages is a list")
        .iter()
}

fn text<'a>(package: &'a Value, field: &str) -> &'a str {
    package[field]
        .as_str()
        .unwrap_or_else(|| panic!("a package without {field}"))
}

fn rust_version(metadata: &Value) -> String {
    let ours: BTreeSet<&str> = packages(metadata)
        .filter(|package| text(package, "name").starts_with("zoom-s2s"))
        .map(|package| text(package, "rust_version"))
        .collect();
    assert_eq!(
        ours.len(),
        1,
        "our packages promise different versions of Rust: {ours:?}"
    );
    ours.first().expect("one version").to_string()
}

fn version(text: &str) -> Vec<u64> {
    let mut parts: Vec<u64> = text
        .split('.')
        .map(|part| part.parse().unwrap_or(0))
        .collect();
    parts.resize(3, 0);
    parts
}

/// Files of the project, as paths from its root with `/` between the parts.
fn committed_files() -> Vec<String> {
    let git = Command::new("git")
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(root())
        .output();
    match git {
        // An unpacked archive inside some other checkout is not listed by that checkout's git.
        Ok(output) if output.status.success() && root().join(".git").exists() => {
            String::from_utf8_lossy(&output.stdout)
                .split('\0')
                .filter(|file| root().join(file).is_file())
                .map(str::to_owned)
                .collect()
        }
        _ => walk(root()),
    }
}

fn committed_texts() -> Vec<(String, String)> {
    let texts: Vec<(String, String)> = committed_files()
        .into_iter()
        .filter_map(|file| {
            let text = String::from_utf8(fs::read(root().join(&file)).ok()?).ok()?;
            (!text.contains('\0')).then_some((file, text))
        })
        .collect();
    assert!(!texts.is_empty(), "no file of the project was found");
    texts
}

fn source_files() -> Vec<String> {
    let files: Vec<String> = SOURCE_DIRS
        .iter()
        .flat_map(|folder| walk(&root().join(folder)))
        .filter(|file| file.ends_with(".rs"))
        .collect();
    assert!(!files.is_empty(), "no source file was found");
    files
}

fn walk(folder: &Path) -> Vec<String> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder:?}: {error}")) {
        let path = entry.expect("a directory entry").path();
        let name = path.file_name().unwrap_or_default();
        if path.is_dir() {
            if name != "target" && name != ".git" {
                files.extend(walk(&path));
            }
        } else if name != ".git" {
            let path = path.strip_prefix(root()).expect("below the root");
            let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
            files.push(parts.join("/"));
        }
    }
    files
}

fn may_be_unsafe(file: &str) -> bool {
    ["src/ffi/", "src/ffi.rs", "src/fork.rs", "src/fork/"]
        .iter()
        .any(|allowed| file == *allowed || (allowed.ends_with('/') && file.starts_with(allowed)))
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| c != '_' && !c.is_alphanumeric())
}

/// Whether `line` names something below `directory`, and not merely a folder `a/b` of that name.
fn has_absolute_path(line: &str, directory: &str) -> bool {
    line.match_indices(directory).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || "._-~})*".contains(c))
    })
}

/// The targets of Markdown's `[words](target)`.
fn link_targets(text: &str) -> impl Iterator<Item = &str> {
    text.split("](")
        .skip(1)
        .filter_map(|rest| rest.split([')', ' ', '\n']).next())
}

/// `path` without `.` and `..`, or nothing if it leaves the project.
fn inside(path: &Path) -> Option<PathBuf> {
    let mut clean = PathBuf::new();
    for part in path.components() {
        match part {
            Component::Normal(name) => clean.push(name),
            Component::CurDir => {}
            Component::ParentDir => {
                if !clean.pop() {
                    return None;
                }
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(clean)
}

/// Rust source with comments, strings and characters blanked, lines kept.
fn code_only(source: &str) -> String {
    let chars: Vec<char> = source.chars().collect();
    let mut code = String::with_capacity(source.len());
    let mut at = 0;
    while at < chars.len() {
        let end = match chars[at] {
            '/' if chars.get(at + 1) == Some(&'/') => line_end(&chars, at),
            '/' if chars.get(at + 1) == Some(&'*') => comment_end(&chars, at),
            '"' => string_end(&chars, at),
            '\'' => character_end(&chars, at),
            'r' | 'b' | 'c' if at == 0 || !is_name(chars[at - 1]) => prefixed_end(&chars, at),
            _ => at,
        };
        if end == at {
            code.push(chars[at]);
            at += 1;
        } else {
            code.extend(
                chars[at..end]
                    .iter()
                    .map(|&c| if c == '\n' { '\n' } else { ' ' }),
            );
            at = end;
        }
    }
    code
}

fn is_name(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

fn line_end(chars: &[char], at: usize) -> usize {
    chars[at..]
        .iter()
        .position(|&c| c == '\n')
        .map_or(chars.len(), |length| at + length)
}

fn comment_end(chars: &[char], mut at: usize) -> usize {
    let mut depth = 0;
    while at + 1 < chars.len() {
        match (chars[at], chars[at + 1]) {
            ('/', '*') => depth += 1,
            ('*', '/') => depth -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
        if depth == 0 {
            return at;
        }
    }
    chars.len()
}

fn string_end(chars: &[char], at: usize) -> usize {
    let mut next = at + 1;
    while next < chars.len() {
        match chars[next] {
            '\\' => next += 2,
            '"' => return next + 1,
            _ => next += 1,
        }
    }
    chars.len()
}

/// The end of `'x'` or `'\…'`; a lifetime is left where it is.
fn character_end(chars: &[char], at: usize) -> usize {
    if chars.get(at + 1) == Some(&'\\') {
        let closing = chars.iter().skip(at + 3).position(|&c| c == '\'');
        closing.map_or(chars.len(), |length| at + 3 + length + 1)
    } else if chars.get(at + 2) == Some(&'\'') {
        at + 3
    } else {
        at
    }
}

/// The end of `b"…"`, `b'…'`, `c"…"`, `r"…"`, `r#"…"#`, `br#"…"#`; `at` if it is none of them.
fn prefixed_end(chars: &[char], at: usize) -> usize {
    let mut next = at;
    while chars.get(next).is_some_and(|c| "rbc".contains(*c)) && next < at + 2 {
        next += 1;
    }
    let raw = chars[at..next].contains(&'r');
    let hashes = chars[next..].iter().take_while(|&&c| c == '#').count();
    match chars.get(next + hashes) {
        Some('"') if raw => {
            let start = next + hashes + 1;
            let closes = |i: usize| {
                chars[i] == '"'
                    && chars[i + 1..].iter().take_while(|&&c| c == '#').count() >= hashes
            };
            (start..chars.len())
                .find(|&i| closes(i))
                .map_or(chars.len(), |i| i + 1 + hashes)
        }
        Some('"') if hashes == 0 => string_end(chars, next),
        Some('\'') if hashes == 0 && chars[at] == 'b' => character_end(chars, next),
        _ => at,
    }
}
