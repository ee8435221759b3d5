//! Which settings are taken, and what the others are told.

use super::*;

#[test]
fn good_settings() {
    let scratch = Scratch::new();
    let directory = scratch.0.to_str().unwrap();
    let path = format!("{directory}/a b%?&é");
    let encoded = format!("{directory}/a%20b%25%3F%26é");
    for (place, query, name) in [
        (path.replace("%?&", ""), "", path.replace("%?&", "")),
        (encoded.clone(), "", path.clone()),
        (format!("//{encoded}"), "", path.clone()),
        (
            format!(
                "{directory}/../{}/t",
                scratch.0.file_name().unwrap().to_str().unwrap()
            ),
            "",
            format!("{directory}/t"),
        ),
        (
            format!("{directory}/line%0Abreak"),
            "",
            format!("{directory}/line?break"),
        ),
        (
            format!("{directory}/t"),
            "mode=0600",
            format!("{directory}/t"),
        ),
        (
            format!("{directory}/t"),
            "mode=660",
            format!("{directory}/t"),
        ),
        (
            format!("{directory}/t"),
            "mode=0640&group=0",
            format!("{directory}/t"),
        ),
    ] {
        let store = open(&place, query).unwrap();
        assert_eq!(store.name(), format!("file:{name}"), "{place}");
        assert!(store.is_private());
    }
    assert!(scratch.names().is_empty(), "opening writes nothing");
}

#[test]
fn the_longest_name_is_good() {
    let scratch = Scratch::new();
    let path = scratch.0.join("n".repeat(233));
    put(&open(path.to_str().unwrap(), "").unwrap(), "{}").unwrap();
}

#[test]
fn a_relative_path_is_made_absolute_at_once() {
    let store = open("some-token-file", "").unwrap();
    let directory = std::env::current_dir().unwrap().canonicalize().unwrap();
    assert_eq!(
        store.name(),
        format!("file:{}", directory.join("some-token-file").display())
    );
}

#[test]
fn refused_settings() {
    let scratch = Scratch::new();
    let directory = scratch.0.to_str().unwrap();
    let file = format!("{directory}/t");
    for (place, query, why, cure) in [
        ("", "", "names no file", "file:/path"),
        ("//", "", "host", "file:///path"),
        ("//host/run/t", "", "host", "file:///path"),
        (directory, "", "is a directory", "Name a file"),
        (&format!("{file}/"), "", "a directory", "file:/path"),
        ("/", "", "a directory", "file:/path"),
        (
            &format!("{directory}/{}", "n".repeat(234)),
            "",
            "is too long",
            "233 bytes",
        ),
        (
            &format!("{directory}/.."),
            "",
            "is a directory",
            "file:/path",
        ),
        (
            &format!("{directory}/none/t"),
            "",
            "does not exist",
            "Make the directory",
        ),
        ("/dev/null", "", "not a regular file", "Name a file"),
        (&format!("{directory}/%ff"), "", "UTF-8", "%25"),
        (&format!("{directory}/%00"), "", "NUL", "%00"),
        (&file, "mode=0644", "mode is none of", "Whoever can read"),
        (&file, "mode=0400", "mode is none of", "Whoever can read"),
        (&file, "mode=rw", "mode is none of", "Whoever can read"),
        (&file, "group=0", "group has no effect", "mode=0640"),
        (
            &file,
            "mode=0600&group=0",
            "group has no effect",
            "mode=0640",
        ),
        (
            &file,
            "mode=0640&group=no-such-group",
            "group is not known",
            "getent",
        ),
        (&file, "mode=0640&mode=0640", "given twice", "once"),
        (
            &format!("{directory}/no\nne/t"),
            "",
            "no?ne",
            "Make the directory",
        ),
    ] {
        let error = open(place, query)
            .err()
            .unwrap_or_else(|| panic!("{place}?{query} was taken"));
        assert!(matches!(error, crate::Error::Config(_)), "{error:?}");
        assert!(error.message().starts_with("the token store "), "{error}");
        assert!(error.message().contains(why), "{place}?{query}: {error}");
        assert!(error.hint().contains(cure), "{place}?{query}: {error}");
    }
}
