//! The comments of `include/zoom_s2s.h`: a manual that leaves nothing out and names only what exists.

#![cfg(all(target_os = "linux", target_pointer_width = "64"))]

mod support;

use std::collections::BTreeSet;

use support::declared::{declarations, enumerations, functions, header};

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
