//! Who may read and write the token file, and what lies in a place that anybody can reach.

use std::fs::Permissions;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};

use super::*;

fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().mode() & 0o7777
}

fn is_root() -> bool {
    let is_root = nix::unistd::geteuid().is_root();
    if !is_root {
        eprintln!("skipped: only root can give files away");
    }
    is_root
}

#[test]
fn rights_of_the_token_file() {
    for (rights, is_refused) in [
        (0o600, false),
        (0o400, false),
        (0o640, false),
        (0o660, false),
        (0o604, true),
        (0o602, true),
        (0o644, true),
        (0o601, true),
        (0o666, true),
    ] {
        let scratch = Scratch::new();
        let store = scratch.store();
        put(&store, "{\"a\":1}").unwrap();
        chmod(&scratch.token(), rights);
        assert_eq!(
            open(scratch.token().to_str().unwrap(), "").is_err(),
            is_refused,
            "{rights:o} when opened"
        );
        assert_eq!(load(&store, KEY).is_err(), is_refused, "{rights:o} later");
        // A token is not fetched first, only to find that it cannot be kept.
        assert_eq!(
            lock(&store, LONG).is_err(),
            is_refused,
            "{rights:o} for the lease"
        );
        if is_refused {
            let error = load(&store, KEY).unwrap_err();
            assert!(error.message().contains("everybody may use"), "{error}");
            assert!(error.hint().contains("chmod o-rwx"), "{error}");
        }
    }
}

#[test]
fn rights_of_the_directory() {
    for (rights, is_refused) in [
        (0o700, false),
        (0o775, false),
        (0o1777, false),
        (0o777, true),
        (0o702, true),
    ] {
        let scratch = Scratch::new();
        let store = scratch.store();
        chmod(&scratch.0, rights);
        assert_eq!(
            open(scratch.token().to_str().unwrap(), "").is_err(),
            is_refused,
            "{rights:o} when opened"
        );
        assert_eq!(put(&store, "{}").is_err(), is_refused, "{rights:o} later");
        assert_eq!(load(&store, KEY).is_err(), is_refused, "{rights:o} later");
    }
}

#[test]
fn where_everybody_writes_only_own_files_are_trusted() {
    if !is_root() {
        return;
    }
    for planted in ["token", "token.lock", "token.0123456789abcdef.lock"] {
        let scratch = Scratch::new();
        let store = scratch.store();
        chmod(&scratch.0, 0o1777);
        put(&store, "{\"a\":1}").unwrap();
        chown(scratch.0.join(planted), Some(65534), None).unwrap();
        let error = put(&store, "{}").unwrap_err();
        assert!(
            error.message().contains("belongs to another user"),
            "{planted}: {error}"
        );
        chmod(&scratch.0, 0o700);
        put(&store, "{}").unwrap();
    }
}

#[test]
fn what_is_no_file_is_neither_read_nor_waited_for() {
    for planted in ["token", "token.lock", "token.0123456789abcdef.lock"] {
        let scratch = Scratch::new();
        let store = scratch.store();
        let path = scratch.0.join(planted);
        assert!(
            std::process::Command::new("mkfifo")
                .arg(&path)
                .status()
                .unwrap()
                .success()
        );
        let error = put(&store, "{}").unwrap_err();
        assert!(
            error.message().contains("not a regular file"),
            "{planted}: {error}"
        );
        fs::remove_file(&path).unwrap();
        symlink("/etc/passwd", &path).unwrap();
        let error = put(&store, "{}").unwrap_err();
        assert!(error.hint().contains("symbolic link"), "{planted}: {error}");
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        put(&store, "{}").unwrap_err();
        fs::remove_dir(&path).unwrap();
        put(&store, "{}").unwrap();
    }
}

#[test]
fn a_link_that_stands_there_from_the_start_is_followed_once() {
    let scratch = Scratch::new();
    let (link, target) = (scratch.0.join("link"), scratch.0.join("real"));
    symlink(&target, &link).unwrap();
    let error = open(link.to_str().unwrap(), "").err().unwrap();
    assert!(error.message().contains("does not exist"), "{error}");
    assert!(error.hint().contains("leads to no file"), "{error}");
    write(&target, "");
    let store = open(link.to_str().unwrap(), "").unwrap();
    put(&store, "{\"a\":1}").unwrap();
    assert!(
        link.symlink_metadata().unwrap().is_symlink(),
        "the link is not replaced"
    );
    assert!(fs::read_to_string(&target).unwrap().contains("{\"a\":1}"));
    assert!(
        scratch.0.join("real.lock").exists(),
        "all names of a file share its locks"
    );
    // Later the link may point where it likes.
    fs::remove_file(&link).unwrap();
    symlink("/etc/passwd", &link).unwrap();
    assert_eq!(load(&store, KEY).unwrap().as_deref(), Some("{\"a\":1}"));
}

#[test]
fn files_get_exactly_their_rights() {
    for (query, token, lock) in [
        ("", 0o600, 0o600),
        ("mode=0600", 0o600, 0o600),
        ("mode=0640", 0o640, 0o600),
        ("mode=0660", 0o660, 0o660),
    ] {
        let scratch = Scratch::new();
        put(&scratch.store_with(query), "{}").unwrap();
        assert_eq!(mode(&scratch.token()), token, "{query}");
        assert_eq!(mode(&scratch.0.join("token.lock")), lock, "{query}");
        assert_eq!(
            mode(&scratch.0.join("token.0123456789abcdef.lock")),
            lock,
            "{query}"
        );
    }
}

#[test]
fn a_group_is_let_in_later_and_half_made_locks_are_mended() {
    if !is_root() {
        return;
    }
    let scratch = Scratch::new();
    put(&scratch.store(), "{}").unwrap();
    put(&scratch.store_with("mode=0660&group=65534"), "{}").unwrap();
    for name in scratch.names() {
        let entry = scratch.0.join(&name).metadata().unwrap();
        assert_eq!(entry.gid(), 65534, "{name}");
        assert_eq!(entry.mode() & 0o777, 0o660, "{name}");
    }
}

#[test]
fn without_a_mode_the_group_of_the_file_stays_let_in() {
    for (before, after, lock) in [
        (0o600, 0o600, 0o600),
        (0o640, 0o640, 0o600),
        (0o660, 0o660, 0o660),
        (0o440, 0o640, 0o600),
        (0o620, 0o600, 0o600),
    ] {
        let scratch = Scratch::new();
        write(&scratch.token(), "");
        chmod(&scratch.token(), before);
        if is_root() {
            chown(scratch.token(), None, Some(65533)).unwrap();
        }
        let group = scratch.token().metadata().unwrap().gid();
        put(&scratch.store(), "{}").unwrap();
        let is = scratch.token().metadata().unwrap();
        assert_eq!((is.mode() & 0o777, is.gid()), (after, group), "{before:o}");
        assert_eq!(mode(&scratch.0.join("token.lock")), lock, "{before:o}");
        put(&scratch.store_with("mode=0600"), "{}").unwrap();
        assert_eq!(mode(&scratch.token()), 0o600, "{before:o}");
    }
}

/// `sudo` before the service ran for the first time.
#[test]
fn what_root_makes_belongs_to_the_owner_of_the_directory() {
    if !is_root() {
        return;
    }
    for (rights, owner) in [(0o700, 65534), (0o1777, 0)] {
        // Not in /tmp itself, where root trusts only its own.
        let outer = Scratch::new();
        let scratch = Scratch(outer.0.join("inner"));
        fs::create_dir(&scratch.0).unwrap();
        chown(&scratch.0, Some(65534), Some(65533)).unwrap();
        chmod(&scratch.0, rights);
        put(&scratch.store(), "{}").unwrap();
        assert_eq!(scratch.names().len(), 3);
        for name in scratch.names() {
            let entry = scratch.0.join(&name).metadata().unwrap();
            let is = (entry.uid(), entry.mode() & 0o777);
            assert_eq!(is, (owner, 0o600), "{rights:o} {name}");
        }
    }
    // Locks made beside a token file take after that.
    let scratch = Scratch::new();
    write(&scratch.token(), "");
    chown(scratch.token(), Some(65534), None).unwrap();
    put(&scratch.store(), "{}").unwrap();
    for name in scratch.names() {
        let entry = scratch.0.join(&name).metadata().unwrap();
        assert_eq!(entry.uid(), 65534, "{name}");
    }
}

#[test]
fn hard_links_are_refused() {
    for planted in ["token", "token.lock", "token.0123456789abcdef.lock"] {
        let scratch = Scratch::new();
        let store = scratch.store();
        let (other, path) = (scratch.0.join("other"), scratch.0.join(planted));
        write(&other, "precious");
        fs::hard_link(&other, &path).unwrap();
        let error = put(&store, "{}").unwrap_err();
        assert!(error.message().contains("hard link"), "{planted}: {error}");
        assert_eq!(fs::read_to_string(&other).unwrap(), "precious");
        fs::remove_file(&path).unwrap();
        put(&store, "{}").unwrap();
    }
}

#[test]
fn nobody_may_put_another_directory_on_the_way() {
    let scratch = Scratch::new();
    let (public, own) = (scratch.0.join("public"), scratch.0.join("public/own"));
    fs::create_dir_all(&own).unwrap();
    let ways = [own.clone(), public.join("link")];
    symlink(&own, &ways[1]).unwrap();
    let refusal = |way: &Path| {
        let error = open(way.join("token").to_str().unwrap(), "").err();
        error.map(|error| error.message().to_owned())
    };
    for way in &ways {
        chmod(&public, 0o1777);
        assert_eq!(refusal(way), None, "{way:?}");
        chmod(&public, 0o777);
        let said = refusal(way).unwrap();
        assert!(
            said.contains("may replace the files in the directory"),
            "{said}"
        );
    }
    if !is_root() {
        return;
    }
    chmod(&public, 0o1777);
    for way in &ways {
        std::os::unix::fs::lchown(way, Some(65534), None).unwrap();
        let said = refusal(way).unwrap();
        assert!(said.contains("belongs to another user"), "{said}");
        std::os::unix::fs::lchown(way, Some(0), None).unwrap();
    }
}

#[test]
fn the_owner_of_the_file_stays() {
    if !is_root() {
        return;
    }
    let scratch = Scratch::new();
    let store = scratch.store_with("mode=0640");
    put(&store, "{\"a\":1}").unwrap();
    chown(scratch.token(), Some(65534), Some(65533)).unwrap();
    put(&store, "{\"a\":2}").unwrap();
    let entry = scratch.token().metadata().unwrap();
    assert_eq!(
        (entry.uid(), entry.gid(), entry.mode() & 0o777),
        (65534, 65533, 0o640)
    );
}
