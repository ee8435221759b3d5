//! `--output`: the old file, or a complete new one, and nothing beside it.

use std::fs;
use std::path::Path;

use tempfile::TempDir;
use zoom_s2s_sandbox::{Fault, Sandbox};

use crate::support::{led_to, run};

const LISTING: &str = "users --status all --format csv --page-size 50";

fn account() -> Sandbox {
    Sandbox::builder().users(300).start().expect("it starts")
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut names: Vec<String> = entries
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    names
}

fn folder_with_old_file() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("users.csv"), "old\n").expect("written");
    folder
}

#[test]
fn a_complete_listing_replaces_the_file() {
    let sandbox = account();
    let folder = folder_with_old_file();
    let file = folder.path().join("users.csv");
    let expected = run(&mut led_to(&sandbox, LISTING)).good();
    // A token killed on the way costs nothing but a request.
    sandbox.fault(Fault::on_api().after(2).unauthorized());
    let written = run(led_to(&sandbox, LISTING).arg("--output").arg(&file));
    assert_eq!((written.stdout.as_str(), written.stderr.as_str()), ("", ""));
    assert_eq!(written.code, 0);
    assert_eq!(fs::read_to_string(&file).expect("a file"), expected);
    assert_eq!(names(folder.path()), ["users.csv"]);
}

#[test]
fn a_failed_listing_leaves_the_file_alone() {
    for old in [true, false] {
        let sandbox = account();
        let folder = folder_with_old_file();
        let file = folder.path().join("users.csv");
        if !old {
            fs::remove_file(&file).expect("removed");
        }
        let page_two = Fault::on_api().after(1).always();
        sandbox.fault(page_two.status(
            403,
            r#"{"code":200,"message":"Not permitted."}"#,
            "application/json",
        ));
        let failed = run(led_to(&sandbox, LISTING).arg("--output").arg(&file));
        assert_eq!(failed.code, 77, "{}", failed.stderr);
        assert!(sandbox.api_requests() > 1, "it failed before page 2");
        if old {
            assert!(failed.stderr.contains("users.csv was left as it was."));
            assert_eq!(fs::read_to_string(&file).expect("a file"), "old\n");
            assert_eq!(names(folder.path()), ["users.csv"]);
        } else {
            assert!(failed.stderr.contains("users.csv was not made."));
            assert_eq!(names(folder.path()), [""; 0]);
        }
    }
}

#[test]
fn a_list_that_stays_short_leaves_the_file_alone() {
    let sandbox = account();
    let folder = folder_with_old_file();
    let file = folder.path().join("users.csv");
    sandbox.fault(Fault::on_api().always().total_records_off_by(1));
    let failed = run(led_to(&sandbox, LISTING).arg("--output").arg(&file));
    assert_eq!(failed.code, 75, "{}", failed.stderr);
    assert!(
        failed.stderr.contains("were delivered"),
        "{}",
        failed.stderr
    );
    assert_eq!(fs::read_to_string(&file).expect("a file"), "old\n");
    assert_eq!(names(folder.path()), ["users.csv"]);

    // Without a total there is nothing to hold the list against: done, and said.
    sandbox.clear_faults();
    sandbox.fault(Fault::on_api().always().without_total_records());
    let written = run(led_to(&sandbox, LISTING).arg("--output").arg(&file));
    assert_eq!(written.code, 0, "{}", written.stderr);
    assert!(
        written.stderr.starts_with("warning: Zoom stated no total"),
        "{}",
        written.stderr
    );
    assert_ne!(fs::read_to_string(&file).expect("a file"), "old\n");
}

#[cfg(unix)]
#[test]
fn the_owner_is_kept_where_that_is_possible() {
    use std::os::unix::fs::{MetadataExt, chown};
    let folder = folder_with_old_file();
    let file = folder.path().join("users.csv");
    // Only root can give a file away; for others it stays theirs, which holds as well.
    let _ = chown(&file, Some(1234), Some(1234));
    let before = fs::metadata(&file).expect("a file");
    let written = run(led_to(&account(), LISTING).arg("--output").arg(&file));
    assert_eq!(written.code, 0, "{}", written.stderr);
    let after = fs::metadata(&file).expect("a file");
    assert_eq!((after.uid(), after.gid()), (before.uid(), before.gid()));
    assert_ne!(after.ino(), before.ino(), "it was replaced");
}

#[test]
fn a_failed_array_stays_open() {
    let sandbox = account();
    let page_two = Fault::on_api().after(1).always();
    sandbox.fault(page_two.status(
        403,
        "{\"code\":200,\"message\":\"No.\"}",
        "application/json",
    ));
    let failed = run(&mut led_to(&sandbox, "users --format json --page-size 50"));
    assert_eq!(failed.code, 77);
    assert_eq!(failed.stdout.lines().count(), 51, "page 1 was delivered");
    assert!(serde_json::from_str::<serde_json::Value>(&failed.stdout).is_err());
}

#[cfg(unix)]
#[test]
fn mode_and_links_are_kept() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let sandbox = account();
    let folder = folder_with_old_file();
    let file = folder.path().join("users.csv");
    let link = folder.path().join("newest.csv");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o604)).expect("a mode");
    symlink("users.csv", &link).expect("a link");
    assert_eq!(
        run(led_to(&sandbox, LISTING).arg("--output").arg(&link)).code,
        0
    );
    assert!(link.is_symlink());
    let mode = fs::metadata(&file).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o604);
    assert_ne!(fs::read_to_string(&file).expect("a file"), "old\n");
    assert_eq!(names(folder.path()), ["newest.csv", "users.csv"]);
}

#[cfg(unix)]
#[test]
fn a_file_without_a_folder_in_its_name_is_written_where_we_are() {
    let sandbox = account();
    let folder = folder_with_old_file();
    let mut command = led_to(&sandbox, LISTING);
    command
        .args(["--output", "users.csv"])
        .current_dir(folder.path());
    assert_eq!(run(&mut command).code, 0);
    let written = fs::read_to_string(folder.path().join("users.csv"));
    assert_ne!(written.expect("a file"), "old\n");
    assert_eq!(names(folder.path()), ["users.csv"]);
}

#[test]
fn a_hyphen_is_standard_output() {
    let sandbox = account();
    let folder = tempfile::tempdir().expect("a folder");
    for arguments in ["users -o -", "api GET /users -o -"] {
        let mut command = led_to(&sandbox, arguments);
        let printed = run(command.current_dir(folder.path())).good();
        assert!(printed.contains("@"), "{arguments}: {printed}");
        assert_eq!(names(folder.path()), [""; 0], "{arguments}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_missing_folder_is_told_by_the_name_that_was_given() {
    let sandbox = account();
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = led_to(&sandbox, "users -o no/such/x");
    let failed = run(command.current_dir(folder.path()));
    let told = "zoom-s2s: cannot write no/such/x: No such file or directory (os error 2)\n";
    assert_eq!((failed.code, failed.stderr.as_str()), (74, told));
}

#[cfg(target_os = "linux")]
#[test]
fn what_is_no_file_is_not_replaced() {
    let sandbox = account();
    let refused = run(led_to(&sandbox, LISTING).args(["--output", "/dev/null"]));
    assert_eq!(refused.code, 74);
    assert!(refused.stderr.contains("/dev/null"), "{}", refused.stderr);
    assert_eq!(sandbox.token_requests(), 0, "nothing was asked before");
}
