//! Completion scripts and manual pages: every command and option is in them, and the programs they
//! are for take them.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::{bare, run};
use crate::tools::{has_tool, skip};

/// Each command (the empty one is `zoom-s2s` itself) and its options, by its help.
fn commands() -> BTreeMap<String, Vec<String>> {
    let help = |command: &str| run(&mut bare(&format!("{command} --help"))).good();
    let root = help("");
    let list = root.split("Commands:\n").nth(1).expect("commands");
    let names = list.lines().take_while(|line| !line.is_empty());
    let names = names.filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for name in names
        .filter(|name| !["help", ""].contains(name))
        .chain([""])
    {
        let help = help(name);
        let options = help.split("Options:\n").nth(1).expect("options");
        let options = options.lines().map(str::trim_start);
        let options = options.filter(|line| line.starts_with('-'));
        let long = options.filter_map(|line| {
            let at = line.find("--")?;
            let word = line[at..].split([' ', '=', '.']).next();
            word.map(str::to_owned)
        });
        found.insert(name.to_owned(), long.collect());
    }
    assert!(found.len() > 4 && found["users"].len() > 10, "{found:?}");
    found
}

fn script(shell: &str) -> String {
    run(&mut bare(&format!("completions {shell}"))).good()
}

/// What a program prints; it must end well and say nothing on stderr.
fn printed(program: &str, arguments: &[&str]) -> String {
    let mut command = Command::new(program);
    let output = command.args(arguments).env("LC_ALL", "C.UTF-8").output();
    let output = output.expect("it starts");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {told}");
    assert_eq!(told, "", "{program} {arguments:?}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn every_shell_learns_every_command_and_option() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = script(shell);
        for (command, options) in commands() {
            assert!(script.contains(&command), "{shell}: {command}");
            for option in options {
                let option = match shell {
                    "fish" => option.replace("--", "-l "),
                    _ => option,
                };
                assert!(script.contains(&option), "{shell}: {command} {option}");
            }
        }
    }
}

#[test]
fn bash_completes() {
    if !has_tool("bash") {
        return skip("bash completion", "bash");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("zoom-s2s");
    fs::write(&file, script("bash")).expect("written");
    printed("bash", &["-n", &file.display().to_string()]);
    // As bash itself calls it: the function that `complete -p` names, with the words and the place.
    let complete = r#"source "$0"; complete -p zoom-s2s >/dev/null || exit 1
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_TYPE=9
        [[ $(complete -p zoom-s2s) =~ -F\ ([^ ]+) ]]; "${BASH_REMATCH[1]}" zoom-s2s "${!#}" "${@: -2:1}"
        printf '%s\n' "${COMPREPLY[@]}""#;
    for (line, expected) in [
        (vec!["zoom-s2s", "us"], vec!["users"]),
        (vec!["zoom-s2s", "users", "--st"], vec!["--status"]),
        (
            vec!["zoom-s2s", "users", "--format", "js"],
            vec!["json", "jsonl"],
        ),
        (
            vec!["zoom-s2s", "sandbox", "--plan", ""],
            vec!["free", "pro", "business"],
        ),
        (vec!["zoom-s2s", "sandbox", "--sc"], vec!["--scenario"]),
        (vec!["zoom-s2s", "completions", "f"], vec!["fish"]),
    ] {
        let file = file.display().to_string();
        let arguments = [vec!["-c", complete, &file], line.clone()].concat();
        let replied = printed("bash", &arguments);
        assert_eq!(replied.lines().collect::<Vec<_>>(), expected, "{line:?}");
    }
}

#[test]
fn zsh_reads_its_script() {
    if !has_tool("zsh") {
        return skip("zsh completion", "zsh");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("_zoom-s2s");
    fs::write(&file, script("zsh")).expect("written");
    let path = folder.path().display().to_string();
    printed("zsh", &["-n", &file.display().to_string()]);
    let load =
        r#"fpath=("$1" $fpath); autoload -Uz compinit; compinit -u -D; print $_comps[zoom-s2s]"#;
    assert_eq!(
        printed("zsh", &["-f", "-c", load, "zsh", &path]),
        "_zoom-s2s\n"
    );
}

#[test]
fn fish_completes() {
    if !has_tool("fish") {
        return skip("fish completion", "fish");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("zoom-s2s.fish");
    fs::write(&file, script("fish")).expect("written");
    for (line, expected) in [
        ("zoom-s2s us", vec!["users"]),
        ("zoom-s2s users --format js", vec!["json", "jsonl"]),
        ("zoom-s2s sandbox --sc", vec!["--scenario"]),
    ] {
        let ask = format!("source {}; complete -C '{line}'", file.display());
        let replied = printed("fish", &["--no-config", "-c", &ask]);
        let words: Vec<&str> = replied
            .lines()
            .filter_map(|line| line.split('\t').next())
            .collect();
        assert_eq!(words, expected, "{line}");
    }
}

#[test]
fn manual_pages_hold_everything_and_please_their_readers() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("man1");
    assert_eq!(run(bare("man --directory").arg(&path)).good(), "");
    let commands = commands();
    assert_eq!(fs::read_dir(&path).expect("pages").count(), commands.len());
    for (command, options) in &commands {
        let name = if command.is_empty() {
            "zoom-s2s".to_owned()
        } else {
            format!("zoom-s2s-{command}")
        };
        let file = path.join(format!("{name}.1"));
        let page = fs::read_to_string(&file).expect("a page");
        assert_eq!(run(&mut bare(&format!("man {command}"))).good(), page);
        let plain = page
            .replace("\\-", "-")
            .replace("\\fB", "")
            .replace("\\fR", "")
            .replace("\\fI", "");
        for option in options {
            assert!(plain.contains(option), "{name}: {option}");
        }
        let needs_all = !["man", "completions"].contains(&command.as_str());
        for section in [
            "NAME",
            "SYNOPSIS",
            "DESCRIPTION",
            "OPTIONS",
            "EXAMPLES",
            "SEE ALSO",
        ]
        .iter()
        .chain(needs_all.then_some(&"EXIT STATUS"))
        {
            let quoted = section.contains(' ').then(|| format!("\"{section}\""));
            let heading = format!("\n.SH {}\n", quoted.as_deref().unwrap_or(section));
            assert!(page.contains(&heading), "{name}: {section}");
        }
        reads_well(&file, command);
    }
    assert_eq!(run(&mut bare("man nothing")).code, 64);
}

fn reads_well(file: &Path, command: &str) {
    let path = file.display().to_string();
    if has_tool("man") && has_tool("groff") {
        let text = printed(
            "man",
            &["--warnings", "--no-hyphenation", "-E", "UTF-8", "-l", &path],
        );
        assert!(text.contains("EXAMPLES"), "{text}");
        assert!(!text.contains("\\f") && !text.contains(".TP"), "{text}");
    } else {
        skip(&format!("man {command}"), "man");
    }
    if has_tool("mandoc") {
        // It warns of missing dates and of superfluous blank lines, which harm nobody.
        printed("mandoc", &["-Tlint", "-Wunsupp,error", &path]);
    } else {
        skip(&format!("mandoc {command}"), "mandoc");
    }
}
