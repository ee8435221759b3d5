//! Rule 7 of the calling contract: an object for one thread at a time that several use at once serves
//! one of them and tells the others, and is as good as before.
#![cfg(target_os = "linux")]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use support::c::{compile, compiler, folder, root, succeed, text, with_sandbox};
use support::{has_tool, sandbox, skip};
use zoom_s2s_sandbox::{Fault, UserStatus};

const USERS: usize = 60;

#[test]
fn a_second_thread_is_told_and_harms_nothing() {
    let Some(program) = program("two_threads") else {
        return;
    };
    run(&mut |sandbox| with_sandbox(&program, sandbox), "500");
}

#[test]
fn a_second_thread_harms_nothing_under_valgrind() {
    let test = "a_second_thread_harms_nothing_under_valgrind";
    if !has_tool("valgrind") {
        return skip(test, "valgrind");
    }
    let Some(program) = program("two_threads_valgrind") else {
        return;
    };
    run(
        &mut |sandbox| {
            let mut command = with_sandbox("valgrind", sandbox);
            // Threads take turns under valgrind; fair ones meet more often.
            command
                .args(["--quiet", "--error-exitcode=9", "--leak-check=full"])
                .args(["--errors-for-leak-kinds=definite", "--fair-sched=try"])
                .arg(&program);
            command
        },
        "20",
    );
}

fn run(command: &mut dyn FnMut(&zoom_s2s_sandbox::Sandbox) -> Command, rounds: &str) {
    let zoom = sandbox(|sandbox| sandbox.users(u32::try_from(USERS).expect("few users")));
    zoom.fault(Fault::on_api().always().latency(Duration::from_millis(20)));
    let active = zoom.truth(UserStatus::Active).count();
    assert!(active > 30, "{active} active users are too few pages");
    let output = succeed(command(&zoom).args([&USERS.to_string(), &active.to_string(), rounds]));
    print!("{}{}", text(&output.stdout), text(&output.stderr));
}

/// The program, built in a folder of its own; nothing if there is no compiler.
fn program(test: &str) -> Option<PathBuf> {
    let compiler = compiler("c");
    if !has_tool(&compiler) && !Path::new(&compiler).is_file() {
        skip(test, &compiler);
        return None;
    }
    let program = folder(test).join("two_threads");
    let source = root().join("tests/c/two_threads.c");
    compile(&compiler, &[&source], &["-std=gnu11"], &program);
    Some(program)
}
