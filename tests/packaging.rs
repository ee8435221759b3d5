//! What `make install` and `make dist` make: C and C++ programs find the library by pkg-config and by
//! cmake, shared and static, wherever the folder lies, and the files are what they claim to be.
#![cfg(target_os = "linux")]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use support::c::{compiler, folder, root, succeed, text, with_sandbox};
use support::make::{built, clean, make};
use support::{has_tool, sandbox, skip};
use zoom_s2s_sandbox::UserStatus;

const VERSION: &str = env!("CARGO_PKG_VERSION");
const MULTIARCH: &str = "lib/x86_64-linux-gnu";

/// One kind of program: what pkg-config and cmake call it, and whether it needs the shared library.
const KINDS: [(&str, bool); 2] = [("shared", true), ("static", false)];

fn tools(test: &str, names: &[&str]) -> bool {
    let missing = names.iter().find(|name| !has_tool(name));
    missing.inspect(|tool| skip(test, tool)).is_none()
}

/// The prefix of one installation that all tests share and none changes.
fn installed() -> &'static Path {
    static PREFIX: OnceLock<PathBuf> = OnceLock::new();
    PREFIX.get_or_init(|| {
        let stage = folder("packaging-install");
        let settings = [
            "PREFIX=/opt/zoom".to_string(),
            format!("DESTDIR={}", stage.display()),
        ];
        make("install", &settings);
        let again = make("install", &settings);
        assert!(!again.contains("cargo"), "built twice: {again}");
        stage.join("opt/zoom")
    })
}

/// A copy of the installation somewhere else, links as links.
fn moved(test: &str) -> PathBuf {
    let place = folder(test).join("a place");
    succeed(clean("cp").arg("-a").arg(installed()).arg(&place));
    place
}

fn readelf(arguments: &[&str], file: &Path) -> String {
    text(&succeed(clean("readelf").args(arguments).arg(file)).stdout)
}

fn needs_our_library(program: &Path) -> bool {
    readelf(&["-d"], program).contains("libzoom_s2s")
}

/// Runs a program against a sandbox; it must print the active users and nothing else.
fn lists_users(program: &Path, library: &Path) {
    let sandbox = sandbox(|it| it.users(700));
    let output = succeed(with_sandbox(program, &sandbox).env("LD_LIBRARY_PATH", library));
    let listed = text(&output.stdout);
    let listed: BTreeSet<&str> = listed.lines().collect();
    let truth: Vec<_> = sandbox.truth(UserStatus::Active).collect();
    let truth: BTreeSet<&str> = truth.iter().map(|user| &*user.email).collect();
    assert!(truth.len() > 300);
    assert_eq!(listed, truth, "{program:?}");
}

fn pkg_config(library: &Path, arguments: &[&str]) -> String {
    let output = succeed(
        clean("pkg-config")
            .env("PKG_CONFIG_PATH", library.join("pkgconfig"))
            .args(arguments),
    );
    text(&output.stdout).trim().to_string()
}

/// The C program by the flags that pkg-config gives, split as a shell splits them.
fn builds_by_pkg_config(library: &Path, work: &Path, path: Option<&Path>) {
    for (kind, shared) in KINDS {
        let program = work.join(kind);
        let package = if shared {
            "zoom_s2s"
        } else {
            "zoom_s2s-static"
        };
        let mut command = clean("/bin/sh");
        if let Some(path) = path {
            command.env("PATH", path);
        }
        command
            .env("PKG_CONFIG_PATH", library.join("pkgconfig"))
            .env("CC", path.map_or_else(|| compiler("c"), |_| "cc".into()))
            .args(["-c", "flags=$(pkg-config --cflags --libs $1) && eval $CC -Wall -Werror $2 -o '\"$3\"' $flags"])
            .args(["sh", package, "tests/packaging/list.c"])
            .arg(&program);
        succeed(&mut command);
        assert_eq!(needs_our_library(&program), shared, "{kind}");
        lists_users(&program, library);
    }
}

fn builds_by_cmake(settings: &[String], library: &Path, build: &Path) -> String {
    let configured = succeed(
        clean("cmake")
            .args(["-S", "tests/packaging", "-B"])
            .arg(build)
            .args(settings),
    );
    succeed(
        clean("cmake")
            .env("CARGO_NET_OFFLINE", "1")
            .arg("--build")
            .arg(build),
    );
    for (kind, shared) in KINDS {
        for language in ["c", "cpp"] {
            let program = build.join(format!("{language}_{kind}"));
            assert_eq!(needs_our_library(&program), shared, "{program:?}");
            lists_users(&program, library);
        }
    }
    text(&configured.stdout)
}

#[test]
fn c_programs_find_the_library_by_pkg_config() {
    if !tools("packaging by pkg-config", &["make", "pkg-config", "cc"]) {
        return;
    }
    let library = installed().join("lib");
    builds_by_pkg_config(&library, &folder("packaging-pkg-config"), None);
    assert_eq!(pkg_config(&library, &["--modversion", "zoom_s2s"]), VERSION);
}

#[test]
fn pkg_config_names_the_system_libraries_that_rustc_names() {
    if !tools("packaging: system libraries", &["make", "pkg-config", "cc"]) {
        return;
    }
    let work = folder("packaging-system-libraries");
    fs::write(work.join("empty.rs"), "").unwrap();
    let output = succeed(
        clean(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
            .args(["--crate-type=staticlib", "--print=native-static-libs", "-o"])
            .arg(work.join("empty.a"))
            .arg(work.join("empty.rs")),
    );
    let said = text(&output.stderr);
    let (_, libraries) = said.split_once("native-static-libs: ").expect(&said);
    let libraries = libraries.lines().next().unwrap().trim();

    let library = installed().join("lib");
    let flags = pkg_config(&library, &["--static", "--libs", "zoom_s2s"]);
    assert!(
        flags.ends_with(&format!("-lzoom_s2s {libraries}")),
        "{flags}"
    );
    let flags = pkg_config(&library, &["--libs", "zoom_s2s-static"]);
    assert!(
        flags.ends_with(&format!("/libzoom_s2s.a {libraries}")),
        "{flags}"
    );

    // Where only the static library lies, `pkg-config --static` is enough.
    let place = moved("packaging-static-only");
    let library = place.join("lib");
    for entry in fs::read_dir(&library).unwrap() {
        let path = entry.unwrap().path();
        if path.to_string_lossy().contains(".so") {
            fs::remove_file(path).unwrap();
        }
    }
    let program = work.join("list");
    succeed(
        clean("sh")
            .env("PKG_CONFIG_PATH", library.join("pkgconfig"))
            .env("CC", compiler("c"))
            .args(["-c", "eval $CC tests/packaging/list.c -o '\"$1\"' $(pkg-config --static --cflags --libs zoom_s2s)", "sh"])
            .arg(&program),
    );
    lists_users(&program, &library);
}

#[test]
fn cmake_projects_find_the_package() {
    if !tools("packaging by cmake", &["make", "cmake", "cc", "c++"]) {
        return;
    }
    let prefix = installed();
    let build = folder("packaging-find-package");
    let settings = [format!("-DCMAKE_PREFIX_PATH={}", prefix.display())];
    let said = builds_by_cmake(&settings, &prefix.join("lib"), &build);
    assert!(
        said.contains(&format!("zoom_s2s version: {VERSION}.")),
        "{said}"
    );
}

#[test]
fn an_installation_may_be_moved() {
    let needed = ["make", "pkg-config", "cmake", "cc", "c++"];
    if !tools("packaging moved", &needed) {
        return;
    }
    let place = moved("packaging-moved");
    let work = folder("packaging-moved-programs");
    let settings = [format!("-DCMAKE_PREFIX_PATH={}", place.display())];
    builds_by_pkg_config(&place.join("lib"), &work, None);
    builds_by_cmake(&settings, &place.join("lib"), &work.join("build"));
}

#[test]
fn libraries_may_lie_apart_and_all_is_removed_again() {
    let needed = ["make", "pkg-config", "cmake", "cc", "c++"];
    if !tools("packaging multiarch", &needed) {
        return;
    }
    installed();
    let stage = folder("packaging-multiarch");
    let settings = [
        "PREFIX=/usr".to_string(),
        format!("LIBDIR=/usr/{MULTIARCH}"),
        format!("DESTDIR={}", stage.display()),
    ];
    make("install", &settings);
    let library = stage.join("usr").join(MULTIARCH);
    let work = folder("packaging-multiarch-programs");
    let hint = format!(
        "-Dzoom_s2s_DIR={}",
        library.join("cmake/zoom_s2s").display()
    );
    builds_by_pkg_config(&library, &work, None);
    builds_by_cmake(&[hint], &library, &work.join("build"));
    for file in [
        "man/man1/zoom-s2s.1",
        "man/man1/zoom-s2s-users.1",
        "bash-completion/completions/zoom-s2s",
        "zsh/site-functions/_zoom-s2s",
        "fish/vendor_completions.d/zoom-s2s.fish",
    ] {
        let length = fs::metadata(stage.join("usr/share").join(file)).map(|it| it.len());
        assert!(length.is_ok_and(|length| length > 500), "{file}");
    }

    make("uninstall", &settings);
    let left = succeed(clean("find").arg(&stage).args(["!", "-type", "d"]));
    assert_eq!(text(&left.stdout), "");
}

#[test]
fn cmake_projects_build_it_from_source() {
    if !tools("packaging from source", &["make", "cmake", "cc", "c++"]) {
        return;
    }
    // Built already, in the same folder: cargo has nothing left to do.
    installed();
    let target = built().parent().expect("a folder").to_owned();
    let settings = [
        format!("-DZOOM_S2S_SOURCE={}", root().display()),
        format!("-DZOOM_S2S_TARGET_DIR={}", target.display()),
    ];
    let build = folder("packaging-from-source");
    builds_by_cmake(&settings, &built(), &build);
}

#[test]
fn the_shared_library_is_what_it_claims_to_be() {
    if !tools("packaging: the shared library", &["make", "cc"]) {
        return;
    }
    let library = installed().join("lib");
    let real = library.join(format!("libzoom_s2s.so.1.{VERSION}"));
    assert!(real.symlink_metadata().unwrap().is_file());
    for link in ["libzoom_s2s.so", "libzoom_s2s.so.1"] {
        assert_eq!(library.join(link).canonicalize().unwrap(), real);
        assert!(library.join(link).is_symlink());
    }
    let dynamic = readelf(&["-dW"], &real);
    assert!(
        dynamic.contains("Library soname: [libzoom_s2s.so.1]"),
        "{dynamic}"
    );
    assert!(dynamic.contains("NODELETE"), "{dynamic}");

    let loaded = text(&succeed(clean("ldd").arg(&real)).stdout);
    for line in loaded.lines() {
        let name = line.split_whitespace().next().unwrap();
        let allowed = ["libc.so.6", "libm.so.6", "libgcc_s.so.1", "linux-vdso.so.1"];
        assert!(
            allowed.contains(&name) || name.contains("/ld-linux-"),
            "{loaded}"
        );
    }

    assert_eq!(
        exported(&real),
        declared(&root().join("include/zoom_s2s.h"))
    );
    for file in [&real, &library.join("libzoom_s2s.a")] {
        let bytes = fs::read(file).unwrap();
        let hook = b"ZOOM_S2S_TEST_PANIC";
        assert!(!bytes.windows(hook.len()).any(|part| part == hook));
    }
}

fn exported(library: &Path) -> BTreeSet<String> {
    let symbols = succeed(clean("nm").args(["-D", "--defined-only"]).arg(library));
    text(&symbols.stdout)
        .lines()
        .map(|line| line.split_whitespace().last().unwrap().to_string())
        .collect()
}

/// The functions of the header: names before a parenthesis at the beginning of a declaration.
fn declared(header: &Path) -> BTreeSet<String> {
    let header = fs::read_to_string(header).unwrap();
    header
        .lines()
        .filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase()))
        .filter_map(|line| line.split_once('('))
        .filter_map(|(before, _)| before.split([' ', '*']).next_back())
        .filter(|name| name.starts_with("zoom_s2s_"))
        .map(str::to_string)
        .collect()
}

#[test]
fn header_and_library_are_of_the_version_of_the_crate() {
    if !tools("packaging: versions", &["make", "pkg-config", "cc"]) {
        return;
    }
    let library = installed().join("lib");
    let program = folder("packaging-versions").join("list");
    succeed(
        clean(compiler("c"))
            .arg("tests/packaging/list.c")
            .arg(format!("-I{}", library.join("../include").display()))
            .arg(library.join("libzoom_s2s.so"))
            .arg("-o")
            .arg(&program),
    );
    let said = succeed(
        clean(&program)
            .arg("version")
            .env("LD_LIBRARY_PATH", &library),
    );
    assert_eq!(text(&said.stdout), format!("{VERSION} {VERSION}\n"));
    let command = succeed(clean(installed().join("bin/zoom-s2s")).arg("--version"));
    assert!(text(&command.stdout).contains(VERSION));
}

/// The first by its name, and so begun first: it then builds for its target while another test builds
/// what the rest installs, and each of them leaves a core idle for as long as it links.
#[test]
fn a_tarball_works_without_rust_and_on_old_systems() {
    let needed = [
        "make",
        "python3",
        "objdump",
        "strip",
        "tar",
        "pkg-config",
        "cc",
    ];
    if cfg!(not(target_arch = "x86_64")) || !tools("packaging: make dist", &needed) {
        return;
    }
    let said = make("dist", &[]);
    let archive = said.lines().last().expect("the archive's path");
    let name = format!("zoom-s2s-{VERSION}-linux-x86_64");
    assert!(archive.ends_with(&format!("/{name}.tar.gz")), "{said}");
    let work = folder("packaging-dist");
    succeed(clean("tar").arg("-xzf").arg(archive).arg("-C").arg(&work));
    let unpacked = work.join(name);
    let library = unpacked.join("lib");

    // A machine with a C compiler and no Rust.
    let path = work.join("path");
    fs::create_dir(&path).unwrap();
    for tool in ["cc", "as", "ld", "pkg-config"] {
        let found = succeed(clean("sh").args(["-c", "command -v $1", "sh", tool]));
        symlink(text(&found.stdout).trim(), path.join(tool)).unwrap();
    }
    builds_by_pkg_config(&library, &work, Some(&path));

    let shared = library.join("libzoom_s2s.so");
    assert_eq!(
        exported(&shared),
        declared(&unpacked.join("include/zoom_s2s.h"))
    );
    assert!(unpacked.join("include/zoom_s2s.hpp").is_file());
    assert!(
        library
            .join("cmake/zoom_s2s/zoom_s2s-config.cmake")
            .is_file()
    );
    let command = unpacked.join("bin/zoom-s2s");
    let listed = succeed(
        clean(&command)
            .args(["users", "--sandbox"])
            .env("PATH", &path),
    );
    assert!(text(&listed.stdout).contains('@'));
    for file in [&shared, &command] {
        let newest = newest_glibc(file);
        assert!(newest <= (2, 17), "{file:?} needs glibc {newest:?}");
    }
    has_licenses(&unpacked);
}

fn newest_glibc(file: &Path) -> (u32, u32) {
    readelf(&["-VW"], file)
        .split("GLIBC_")
        .skip(1)
        .map(|rest| {
            let end = rest.find(|one: char| !one.is_ascii_digit() && one != '.');
            let version = &rest[..end.unwrap_or(rest.len())];
            let mut numbers = version.split('.').map(|number| number.parse().unwrap());
            (numbers.next().unwrap(), numbers.next().unwrap_or(0))
        })
        .max()
        .expect("a version of glibc")
}

fn has_licenses(unpacked: &Path) {
    let tree = succeed(
        clean(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args([
                "tree",
                "--locked",
                "--offline",
                "--prefix=none",
                "--format={p}",
            ])
            .args(["--package=zoom-s2s", "--package=zoom-s2s-cli"])
            .args([
                "--edges=normal,no-proc-macro",
                "--target=x86_64-unknown-linux-gnu",
            ]),
    );
    let tree = text(&tree.stdout);
    let crates: BTreeSet<String> = tree
        .lines()
        .filter(|line| !line.is_empty() && !line.contains('/'))
        .map(|line| {
            let mut words = line.split_whitespace();
            let name = words.next().unwrap();
            format!("{name}-{}", words.next().unwrap().trim_start_matches('v'))
        })
        .collect();
    assert!(
        crates.contains("ring-0.17.14") || crates.len() > 20,
        "{tree}"
    );
    let others = ["rust-standard-library".to_string(), "zig".to_string()];
    for part in crates.iter().chain(&others) {
        let folder = unpacked.join("licenses").join(part);
        let texts = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
        assert!(texts.count() > 0, "{folder:?} is empty");
    }
    for own in ["LICENSE-APACHE", "LICENSE-MIT", "README.md"] {
        assert!(unpacked.join(own).is_file(), "{own}");
    }
}
