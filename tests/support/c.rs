//! The C library in a build for tests, and programs that use it.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use zoom_s2s_sandbox::Sandbox;

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The folder with `libzoom_s2s.so`, its SONAME link and `libzoom_s2s.a`: a debug build that can be made
/// to panic by ZOOM_S2S_TEST_PANIC.
pub(crate) fn library() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let built = Command::new(cargo)
            .current_dir(root())
            .args([
                "rustc",
                "--quiet",
                "--locked",
                "--package=zoom-s2s",
                "--lib",
            ])
            .args([
                "--features=capi,redis,test-panic",
                "--crate-type=cdylib,staticlib",
            ])
            .env_remove("RUSTFLAGS")
            .output()
            .expect("cargo runs");
        assert!(built.status.success(), "{}", text(&built.stderr));
        let target = env::var_os("CARGO_TARGET_DIR").map_or(root().join("target"), PathBuf::from);
        let folder = root().join(target).join("debug");
        let link = folder.join("libzoom_s2s.so.1");
        if !link.exists() {
            // Another test program may be faster.
            let _ = std::os::unix::fs::symlink("libzoom_s2s.so", &link);
        }
        assert!(link.exists(), "{link:?} leads nowhere");
        folder
    })
}

/// A folder of its own for one test, empty.
pub(crate) fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder for the test");
    folder
}

/// Runs a command to its end; panics with its output if it fails.
pub(crate) fn succeed(command: &mut Command) -> Output {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(
        output.status.success(),
        "{command:?}: {}\n{}\n{}",
        output.status,
        text(&output.stdout),
        text(&output.stderr)
    );
    output
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The compiler for a language, `c` or `c++`: the one in CC or CXX, else `cc` or `c++`.
pub(crate) fn compiler(language: &str) -> String {
    let (variable, usual) = match language {
        "c++" => ("CXX", "c++"),
        _ => ("CC", "cc"),
    };
    env::var(variable).unwrap_or_else(|_| usual.into())
}

/// Compiles sources against the library without a warning; gives the program.
pub(crate) fn compile<A: AsRef<OsStr>>(
    compiler: &str,
    sources: &[&Path],
    arguments: &[A],
    program: &Path,
) {
    let mut command = Command::new(compiler);
    command
        .args(["-Wall", "-Wextra", "-pedantic", "-Werror", "-g", "-O1"])
        .arg(format!("-I{}", root().join("include").display()))
        .args(sources)
        .arg("-o")
        .arg(program)
        .arg(format!("-L{}", library().display()))
        .arg(format!("-Wl,-rpath,{}", library().display()))
        .args(arguments)
        .args(["-lzoom_s2s", "-lpthread"]);
    succeed(&mut command);
}

/// A command that finds this sandbox by its environment, and no other Zoom.
pub(crate) fn with_sandbox(program: impl AsRef<OsStr>, sandbox: &Sandbox) -> Command {
    let mut command = Command::new(program);
    for (name, _) in env::vars_os() {
        if name.to_string_lossy().starts_with("ZOOM_") {
            command.env_remove(name);
        }
    }
    command.envs(sandbox.env());
    command
}
