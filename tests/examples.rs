//! The C programs in `examples-c`: they compile without a warning, and do what their readers will
//! take over from them.
#![cfg(unix)]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use support::c::{compile, compiler, folder, root, succeed, text, with_sandbox};
use support::{client, first_page, has_tool, sandbox, skip};
use zoom_s2s_sandbox::{Auth, DeadToken, Fault, Sandbox, UserStatus};

/// A program, and the libraries it needs besides this one.
struct Example {
    name: &'static str,
    libraries: &'static [&'static str],
}

const LIST_USERS: Example = example("list_users", &[]);
const THREADS: Example = example("threads", &[]);
const TOKEN_LIBCURL: Example = example("token_libcurl", &["-lcurl"]);
const JWT_BEFORE: Example = example("jwt_before", &["-lcurl", "-lcrypto"]);
const JWT_AFTER_TOKEN: Example = example("jwt_after_token", &["-lcurl"]);
const JWT_AFTER_SDK: Example = example("jwt_after_sdk", &[]);

const EXAMPLES: [Example; 6] = [
    LIST_USERS,
    THREADS,
    TOKEN_LIBCURL,
    JWT_BEFORE,
    JWT_AFTER_TOKEN,
    JWT_AFTER_SDK,
];

const fn example(name: &'static str, libraries: &'static [&'static str]) -> Example {
    Example { name, libraries }
}

#[test]
fn every_example_compiles_without_a_warning() {
    let test = "every_example_compiles_without_a_warning";
    let listed: BTreeSet<String> = EXAMPLES.map(|example| example.name.to_owned()).into();
    let there = fs::read_dir(sources()).unwrap().filter_map(|entry| {
        let name = entry.unwrap().file_name().into_string().unwrap();
        name.strip_suffix(".c").map(str::to_owned)
    });
    assert_eq!(there.collect::<BTreeSet<_>>(), listed);

    for compiler in [compiler("c"), "clang".to_owned()] {
        if !has_tool(&compiler) {
            skip(test, &compiler);
            continue;
        }
        let folder = folder(&format!("examples-{}", compiler.replace('/', "-")));
        for example in possible(test, &EXAMPLES) {
            build(&compiler, example, &folder);
        }
    }
}

#[test]
fn all_list_the_users_that_zoom_has() {
    let test = "all_list_the_users_that_zoom_has";
    if !can_compile(test) {
        return;
    }
    let zoom = paged();
    let mut active = emails(&zoom, &[UserStatus::Active]);
    active.sort();
    assert!(active.len() > 200, "{}", active.len());
    for example in possible(
        test,
        &[LIST_USERS, JWT_BEFORE, JWT_AFTER_TOKEN, JWT_AFTER_SDK],
    ) {
        zoom.clear_journal();
        let output = run(&mut command(example, &zoom), &zoom);
        assert_eq!(sorted(&output), active, "{}", example.name);

        let uses: BTreeSet<String> = (zoom.journal().iter())
            .filter(|entry| entry.path.starts_with("/v2/"))
            .map(|entry| format!("{:?}", entry.auth))
            .collect();
        let auth = match example.name {
            "jwt_before" => Auth::Jwt,
            _ => Auth::Bearer,
        };
        assert_eq!(uses, [format!("{auth:?}")].into(), "{}", example.name);
    }

    let mut everybody = emails(&zoom, &UserStatus::ALL);
    everybody.sort();
    assert!(everybody.len() > active.len());
    let output = run(command(&LIST_USERS, &zoom).arg("all"), &zoom);
    assert_eq!(sorted(&output), everybody);
}

#[test]
fn the_migration_is_as_small_as_its_table_says() {
    let test = "the_migration_is_as_small_as_its_table_says";
    if !has_tool("diff") {
        return skip(test, "diff");
    }
    let readme = fs::read_to_string(sources().join("README.md")).unwrap();
    let before = source(&JWT_BEFORE);
    for (after, most_added) in [(&JWT_AFTER_TOKEN, 12), (&JWT_AFTER_SDK, 25)] {
        let diff = Command::new("diff")
            .arg(&before)
            .arg(source(after))
            .output()
            .expect("diff runs");
        let diff = text(&diff.stdout);
        let count = |sign| diff.lines().filter(|line| line.starts_with(sign)).count();
        let (removed, added) = (count('<'), count('>'));
        println!("{}: {removed} removed, {added} added", after.name);
        assert!(added <= most_added, "{added} lines added:\n{diff}");

        let lines = |file: &Path| fs::read_to_string(file).unwrap().lines().count();
        let row = format!(
            "| {}.c | {removed} | {added} | {} → {} |",
            after.name,
            lines(&before),
            lines(&source(after))
        );
        assert!(
            readme.contains(&row),
            "examples-c/README.md lacks this row:\n{row}"
        );
    }
}

#[test]
fn the_token_program_goes_on_when_its_token_is_killed() {
    let test = "the_token_program_goes_on_when_its_token_is_killed";
    if !can_compile(test) || possible(test, &[TOKEN_LIBCURL]).is_empty() {
        return;
    }
    // A token that dies between its making and its use: the first call of the program is the second.
    let zoom = sandbox(|builder| builder);
    zoom.kill_tokens_every(2);
    first_page(&client(&zoom)).expect("a page");
    let before = zoom.token_requests();
    zoom.clear_journal();
    let output = run(&mut command(&TOKEN_LIBCURL, &zoom), &zoom);
    assert_page(&output, &zoom);
    assert_eq!(zoom.token_requests() - before, 2);
    assert_eq!(api_statuses(&zoom), [401, 200]);

    // The other ways in which Zoom says so.
    for status in [400, 401] {
        let zoom = sandbox(|builder| builder);
        zoom.fault(Fault::on_api().dead_token(status, DeadToken::Invalid));
        let output = run(&mut command(&TOKEN_LIBCURL, &zoom), &zoom);
        assert_page(&output, &zoom);
        assert_eq!(zoom.token_requests(), 2);
        assert_eq!(api_statuses(&zoom), [status, 200]);
    }

    // Once more, not for ever.
    let zoom = sandbox(|builder| builder);
    zoom.kill_tokens_every(1);
    let told = fail(&mut command(&TOKEN_LIBCURL, &zoom), &zoom);
    assert!(told.contains("HTTP 401"), "{told}");
    assert_eq!(api_statuses(&zoom), [401, 401]);

    // Any other refusal is told, and costs no token.
    let zoom = sandbox(|builder| builder);
    zoom.fault(Fault::on_api().server_error(503));
    let told = fail(&mut command(&TOKEN_LIBCURL, &zoom), &zoom);
    assert!(told.contains("HTTP 503"), "{told}");
    assert_eq!(zoom.token_requests(), 1);
}

#[test]
fn threads_share_one_token() {
    let test = "threads_share_one_token";
    if !can_compile(test) {
        return;
    }
    for threads in [None, Some(1), Some(32)] {
        let zoom = paged();
        let mut command = command(&THREADS, &zoom);
        command.args(threads.map(|count: usize| count.to_string()));
        let output = run(&mut command, &zoom);
        let users = emails(&zoom, &[UserStatus::Active]).len();
        let mut expected: Vec<String> = (1..=threads.unwrap_or(8))
            .map(|thread| format!("thread {thread}: {users} users"))
            .collect();
        expected.push("token requests: 1".to_owned());
        assert_eq!(lines(&output), expected);
        assert_eq!(zoom.token_requests(), 1);
    }
    let zoom = sandbox(|builder| builder);
    let told = fail(command(&THREADS, &zoom).arg("0"), &zoom);
    assert!(told.contains("usage"), "{told}");
}

#[test]
fn what_is_missing_or_wrong_is_told() {
    let test = "what_is_missing_or_wrong_is_told";
    if !can_compile(test) {
        return;
    }
    let zoom = sandbox(|builder| builder);
    for example in possible(test, &EXAMPLES) {
        let (variables, secret, refusal) = match example.name {
            "jwt_before" => (
                &["ZOOM_API_KEY", "ZOOM_API_SECRET"][..],
                "ZOOM_API_SECRET",
                "HTTP 401",
            ),
            _ => (
                &["ZOOM_ACCOUNT_ID", "ZOOM_CLIENT_ID", "ZOOM_CLIENT_SECRET"][..],
                "ZOOM_CLIENT_SECRET",
                "the client secret was refused",
            ),
        };
        let mut missing = command(example, &zoom);
        for variable in variables {
            missing.env_remove(variable);
        }
        let told = fail(&mut missing, &zoom);
        for variable in variables {
            assert!(told.contains(variable), "{}: {told}", example.name);
        }

        let told = fail(command(example, &zoom).env(secret, "wrong"), &zoom);
        assert!(told.contains(refusal), "{}: {told}", example.name);
    }
}

#[test]
fn a_listing_that_breaks_off_fails() {
    let test = "a_listing_that_breaks_off_fails";
    if !can_compile(test) {
        return;
    }
    for example in possible(
        test,
        &[LIST_USERS, JWT_BEFORE, JWT_AFTER_TOKEN, JWT_AFTER_SDK],
    ) {
        let zoom = paged();
        zoom.fault(
            Fault::on_api()
                .after(2)
                .always()
                .status(404, "{}", "application/json"),
        );
        let told = fail(&mut command(example, &zoom), &zoom);
        assert!(told.contains("404"), "{}: {told}", example.name);
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_no_short_list() {
    let test = "a_full_disk_is_no_short_list";
    if !can_compile(test) {
        return;
    }
    let zoom = paged();
    for example in possible(test, &EXAMPLES) {
        let full = fs::File::create("/dev/full").expect("Linux has /dev/full");
        let output = command(example, &zoom)
            .stdout(full)
            .stderr(Stdio::piped())
            .output()
            .expect("the program runs");
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{}: {told}", example.name);
        assert!(told.contains("No space left"), "{}: {told}", example.name);
    }
}

#[test]
fn nothing_leaks() {
    let test = "nothing_leaks";
    if !can_compile(test) {
        return;
    }
    if !has_tool("valgrind") {
        return skip(test, "valgrind");
    }
    for example in possible(test, &EXAMPLES) {
        let zoom = paged();
        let fine = run(&mut valgrind(example, &zoom), &zoom);
        assert!(!fine.stdout.is_empty(), "{}", example.name);

        // What is made before a failure is freed as well.
        zoom.fault(
            Fault::on_api()
                .after(1)
                .always()
                .status(404, "{}", "application/json"),
        );
        if example.name == "token_libcurl" {
            zoom.clear_faults();
            zoom.kill_tokens_every(1);
        }
        fail(&mut valgrind(example, &zoom), &zoom);
        let mut missing = valgrind(example, &zoom);
        fail(
            missing
                .env_remove("ZOOM_ACCOUNT_ID")
                .env_remove("ZOOM_API_KEY"),
            &zoom,
        );
    }
}

#[test]
fn the_makefile_builds_them_by_pkg_config() {
    let test = "the_makefile_builds_them_by_pkg_config";
    if !can_compile(test) || possible(test, &EXAMPLES).len() < EXAMPLES.len() {
        return;
    }
    for tool in ["make", "pkg-config", "c++"] {
        if !has_tool(tool) {
            return skip(test, tool);
        }
    }
    // As an installed library would be found.
    let folder = folder("examples-make");
    let include = root().join("include");
    let library = support::c::library();
    fs::write(
        folder.join("zoom_s2s.pc"),
        format!(
            "Name: zoom_s2s\nDescription: for a test\nVersion: {}\nCflags: -I{}\n\
             Libs: -L{} -Wl,-rpath,{} -lzoom_s2s\n",
            env!("CARGO_PKG_VERSION"),
            include.display(),
            library.display(),
            library.display()
        ),
    )
    .unwrap();
    let programs = folder.join("programs");
    let make = |found: &Path| {
        let mut make = Command::new("make");
        make.arg("-C")
            .arg(sources())
            .arg(format!("OUT={}", programs.display()))
            .args(["CFLAGS=-O1 -Werror", "CXXFLAGS=-O1 -Werror"])
            .env("PKG_CONFIG_PATH", found)
            // Those of a make that runs the tests are not meant for this one.
            .env_remove("MAKEFLAGS")
            .env_remove("MAKELEVEL");
        make
    };
    succeed(&mut make(&folder));
    let zoom = paged();
    for example in &EXAMPLES {
        let mut command = with_sandbox(programs.join(example.name), &zoom);
        run(without_proxies(&mut command), &zoom);
    }
    succeed(make(&folder).arg("clean"));
    assert_eq!(fs::read_dir(&programs).unwrap().count(), 0);

    // A library that is not there is named.
    let mut nowhere = make(&programs);
    let output = nowhere
        .env("PKG_CONFIG_LIBDIR", &programs)
        .arg("list_users")
        .output()
        .expect("make runs");
    assert!(!output.status.success());
    let told = text(&output.stderr);
    assert!(told.contains("zoom_s2s"), "{told}");
}

fn sources() -> PathBuf {
    root().join("examples-c")
}

fn source(example: &Example) -> PathBuf {
    sources().join(example.name).with_extension("c")
}

fn build(compiler: &str, example: &Example, folder: &Path) {
    let mut arguments = vec!["-std=c99"];
    arguments.extend(example.libraries);
    compile(
        compiler,
        &[&source(example)],
        &arguments,
        &folder.join(example.name),
    );
}

/// Whether there is a C compiler; notes the skip if not.
fn can_compile(test: &str) -> bool {
    let there = has_tool(&compiler("c"));
    if !there {
        skip(test, &compiler("c"));
    }
    there
}

/// The examples whose libraries this machine has; notes the skip of the others.
fn possible<'a>(test: &str, examples: &'a [Example]) -> Vec<&'a Example> {
    static CURL: OnceLock<bool> = OnceLock::new();
    static CRYPTO: OnceLock<bool> = OnceLock::new();
    let curl = *CURL.get_or_init(|| includes("curl/curl.h"));
    let crypto = *CRYPTO.get_or_init(|| includes("openssl/hmac.h"));
    let mut missing = BTreeSet::new();
    let possible = examples
        .iter()
        .filter(|example| {
            let mut lacks = |library, there: bool, package| {
                let lacks = example.libraries.contains(&library) && !there;
                if lacks {
                    missing.insert(package);
                }
                lacks
            };
            let curl = lacks("-lcurl", curl, "libcurl4-openssl-dev");
            let crypto = lacks("-lcrypto", crypto, "libssl-dev");
            !curl && !crypto
        })
        .collect();
    for package in missing {
        skip(test, package);
    }
    possible
}

/// Whether a header can be included.
fn includes(header: &str) -> bool {
    Command::new(compiler("c"))
        .args(["-fsyntax-only", "-include", header, "-x", "c", "/dev/null"])
        .output()
        .is_ok_and(|output| output.status.success())
}

/// The program of an example, built once.
fn program(example: &Example) -> PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let folder = folder("examples");
        for example in EXAMPLES {
            let curl = !example.libraries.contains(&"-lcurl") || includes("curl/curl.h");
            let crypto = !example.libraries.contains(&"-lcrypto") || includes("openssl/hmac.h");
            if curl && crypto {
                build(&compiler("c"), &example, &folder);
            }
        }
        folder
    });
    folder.join(example.name)
}

fn command(example: &Example, zoom: &Sandbox) -> Command {
    let mut command = with_sandbox(program(example), zoom);
    without_proxies(&mut command);
    command
}

fn valgrind(example: &Example, zoom: &Sandbox) -> Command {
    let mut command = with_sandbox("valgrind", zoom);
    command
        .args(["--quiet", "--error-exitcode=9", "--leak-check=full"])
        .arg("--errors-for-leak-kinds=definite")
        .arg("--show-leak-kinds=definite")
        .arg(program(example));
    without_proxies(&mut command);
    command
}

/// libcurl goes by variables that the SDK does not look at for http.
fn without_proxies(command: &mut Command) -> &mut Command {
    for name in ["http_proxy", "all_proxy", "ALL_PROXY"] {
        command.env_remove(name);
    }
    command
}

/// Runs a program that must succeed and say nothing on stderr.
fn run(command: &mut Command, zoom: &Sandbox) -> Output {
    let output = command.output().expect("the program runs");
    let told = text(&output.stderr);
    assert!(output.status.success(), "{command:?}: {told}");
    assert_eq!(told, "");
    assert_nothing_secret(&output, zoom);
    output
}

/// Runs a program that must fail; what it said on stderr.
fn fail(command: &mut Command, zoom: &Sandbox) -> String {
    let output = command.output().expect("the program runs");
    let told = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{command:?}: {told}");
    assert_ne!(told, "");
    assert_nothing_secret(&output, zoom);
    told
}

fn assert_nothing_secret(output: &Output, zoom: &Sandbox) {
    let keys = zoom.credentials();
    // How the sandbox's tokens begin, and how HS256 tokens do.
    let beginnings = ["eyJzdiI6", "eyJhbGciOi", "Bearer"];
    for shown in [&output.stdout, &output.stderr].map(|bytes| text(bytes)) {
        for secret in [&keys.client_secret, &keys.api_secret] {
            assert!(!shown.contains(secret.as_str()), "{shown}");
        }
        for beginning in beginnings {
            assert!(!shown.contains(beginning), "{shown}");
        }
    }
}

/// An account of several pages.
fn paged() -> Sandbox {
    sandbox(|builder| builder.users(250).page_size_limit(30))
}

fn emails(zoom: &Sandbox, statuses: &[UserStatus]) -> Vec<String> {
    statuses
        .iter()
        .flat_map(|&status| zoom.truth(status))
        .map(|user| user.email)
        .collect()
}

fn lines(output: &Output) -> Vec<String> {
    text(&output.stdout).lines().map(str::to_owned).collect()
}

fn sorted(output: &Output) -> Vec<String> {
    let mut lines = lines(output);
    lines.sort();
    lines
}

/// The output is one page of JSON with all active users.
fn assert_page(output: &Output, zoom: &Sandbox) {
    let page: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let users = page["users"].as_array().expect("a list of users");
    let shown: BTreeSet<&str> = (users.iter())
        .map(|user| user["email"].as_str().expect("an e-mail address"))
        .collect();
    let active = emails(zoom, &[UserStatus::Active]);
    assert_eq!(shown, active.iter().map(String::as_str).collect());
}

/// The statuses of the answers to API requests since the journal was cleared.
fn api_statuses(zoom: &Sandbox) -> Vec<u16> {
    (zoom.journal().iter())
        .filter(|entry| entry.path.starts_with("/v2/"))
        .map(|entry| entry.status)
        .collect()
}
