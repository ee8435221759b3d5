//! The programs in `examples`, before and after, and what `docs/migrating.md` says of them.
#![cfg(unix)]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::time::Duration;

use support::c::{folder, library, root, succeed, text, with_sandbox};
use support::{builder, client, credentials, first_page, jwt_credentials, sandbox, skip};
use zoom_s2s::{Client, Credentials, Error};
use zoom_s2s_sandbox::{Auth, Fault, Permission, RateLimit, RoleRefusal, Sandbox, UserStatus};

/// Where the before and the after of a language lie, and what they need of the machine.
struct Language {
    name: &'static str,
    folder: &'static str,
    extension: &'static str,
    /// Tools in the words of `scripts/deps`.
    needs: &'static [&'static str],
}

const PYTHON: Language = Language {
    name: "Python",
    folder: "python",
    extension: "py",
    needs: &["python3", "python3:jwt", "python3:requests"],
};
const PHP: Language = Language {
    name: "PHP",
    folder: "php",
    extension: "php",
    needs: &["php", "php:curl"],
};
const PERL: Language = Language {
    name: "Perl",
    folder: "perl",
    extension: "pl",
    needs: &[
        "perl:Crypt::JWT",
        "perl:LWP::UserAgent",
        "perl:FFI::Platypus",
    ],
};
const RUBY: Language = Language {
    name: "Ruby",
    folder: "ruby",
    extension: "rb",
    needs: &["ruby"],
};
const SHELL: Language = Language {
    name: "Shell",
    folder: "shell",
    extension: "sh",
    needs: &["openssl", "curl", "jq"],
};
const LANGUAGES: [Language; 5] = [PYTHON, PHP, PERL, RUBY, SHELL];

/// Most lines that the way which keeps the HTTP code may change.
const MOST_CHANGED: usize = 5;

impl Language {
    fn file(&self, stem: &str) -> PathBuf {
        let name = format!("{stem}.{}", self.extension);
        root().join("examples").join(self.folder).join(name)
    }

    /// Whether the pair can run here; notes the skip if not.
    fn is_possible(&self) -> bool {
        let lacking: Vec<_> = self.needs.iter().filter(|need| lacks(need)).collect();
        for tool in &lacking {
            skip(&format!("migration of {}", self.name), tool);
        }
        lacking.is_empty()
    }

    /// The program with the credentials of its time, and no others.
    fn command(&self, stem: &str, zoom: &Sandbox) -> Command {
        let mut command = match self.folder {
            "python" => with_sandbox(python(&["jwt", "requests"]), zoom),
            "php" => with_sandbox("php", zoom),
            "perl" => with_sandbox("perl", zoom),
            "ruby" => with_sandbox("ruby", zoom),
            _ => with_sandbox("sh", zoom),
        };
        let others: &[&str] = match stem {
            "before" => &["ZOOM_ACCOUNT_ID", "ZOOM_CLIENT_ID", "ZOOM_CLIENT_SECRET"],
            _ => &["ZOOM_API_KEY", "ZOOM_API_SECRET"],
        };
        for name in others {
            command.env_remove(name);
        }
        if stem != "before" {
            with_library(&mut command);
        }
        without_proxies(&mut command).arg(self.file(stem));
        command
    }
}

/// Leads a program to the packages of this checkout and to the library.
fn with_library(command: &mut Command) -> &mut Command {
    let command_folder = zoom_s2s().parent().expect("a folder").to_owned();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = [command_folder]
        .into_iter()
        .chain(std::env::split_paths(&path));
    command
        .env("PATH", std::env::join_paths(path).expect("a path"))
        .env("ZOOM_S2S_LIBRARY", library().join("libzoom_s2s.so.1"))
        .env("PYTHONPATH", root().join("python"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("PERL5LIB", root().join("perl"))
}

fn without_proxies(command: &mut Command) -> &mut Command {
    for name in ["http_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"] {
        command.env_remove(name);
    }
    command
}

/// What `scripts/deps` says with this option: the first words of its lines.
fn deps(option: &str) -> BTreeSet<String> {
    let output = succeed(Command::new(root().join("scripts/deps")).arg(option));
    let first = |line: &str| line.split_whitespace().next().map(str::to_owned);
    text(&output.stdout).lines().filter_map(first).collect()
}

/// Whether this machine lacks a tool of `scripts/deps`.
fn lacks(tool: &str) -> bool {
    static TOOLS: OnceLock<[BTreeSet<String>; 2]> = OnceLock::new();
    let [known, missing] = TOOLS.get_or_init(|| ["--list", "--missing"].map(deps));
    assert!(known.contains(tool), "scripts/deps has no row for {tool}");
    missing.contains(tool)
}

/// A Python that has these modules; Debian's packages belong to Debian's, which need not be the first.
fn python(modules: &[&str]) -> &'static str {
    let import = format!("import {}", modules.join(", "));
    ["python3", "/usr/bin/python3"]
        .into_iter()
        .find(|python| {
            let tried = Command::new(python).args(["-c", &import]).output();
            tried.is_ok_and(|output| output.status.success())
        })
        .expect("scripts/deps found one")
}

/// The command `zoom-s2s`.
fn zoom_s2s() -> &'static Path {
    static COMMAND: OnceLock<PathBuf> = OnceLock::new();
    COMMAND.get_or_init(|| {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut build = Command::new(cargo);
        build
            .current_dir(root())
            .args(["build", "--quiet", "--locked", "--package=zoom-s2s-cli"])
            .env_remove("RUSTFLAGS");
        succeed(&mut build);
        library().join("zoom-s2s")
    })
}

/// Runs a program that must print all users and nothing else.
fn assert_lists(command: &mut Command, zoom: &Sandbox, name: &str) {
    let users: BTreeSet<String> = zoom
        .truth(UserStatus::Active)
        .map(|user| {
            format!(
                "{}\t{}",
                user.email,
                user.id.expect("an active user has an ID")
            )
        })
        .collect();
    assert!(users.len() > 600, "{} users are too few", users.len());
    let output = succeed(command);
    assert_eq!(text(&output.stderr), "", "{name}");
    assert_nothing_secret(&output, zoom);
    let printed = text(&output.stdout);
    assert_eq!(printed.lines().count(), users.len(), "{name}");
    let printed: BTreeSet<String> = printed.lines().map(str::to_owned).collect();
    assert_eq!(printed, users, "{name}");
}

/// The pair, and the program of the library's own listing: the same users by all.
fn pair(language: &Language) {
    if !language.is_possible() {
        return;
    }
    let zoom = sandbox(|builder| builder.users(700));
    for stem in ["before", "after", "after_sdk"] {
        zoom.clear_journal();
        let tokens = zoom.token_requests();
        let name = format!("{} {stem}", language.name);
        assert_lists(&mut language.command(stem, &zoom), &zoom, &name);

        let calls: Vec<Auth> = (zoom.journal().iter())
            .filter(|entry| entry.path.starts_with("/v2/"))
            .map(|entry| entry.auth)
            .collect();
        assert!(
            calls.len() > 1,
            "{} {stem} saw one page only",
            language.name
        );
        let (auth, asked) = match stem {
            "before" => (Auth::Jwt, 0),
            _ => (Auth::Bearer, 1),
        };
        assert!(calls.iter().all(|call| *call == auth), "{calls:?}");
        assert_eq!(
            zoom.token_requests() - tokens,
            asked,
            "{} {stem}",
            language.name
        );
    }
    refused(language);
    dead_token(language);
}

/// A token that dies early: the document says who goes on, and who stops as the old programs did.
fn dead_token(language: &Language) {
    let zoom = sandbox(|builder| builder);
    for stem in ["before", "after", "after_sdk"] {
        let name = format!("{} {stem}", language.name);
        zoom.fault(Fault::on_api().unauthorized());
        let output = (language.command(stem, &zoom).output()).expect("it runs");
        let goes_on = match stem {
            "before" => false,
            "after" => language.folder == "python",
            _ => true,
        };
        let told = text(&output.stderr);
        assert_eq!(output.status.success(), goes_on, "{name}: {told}");
        let listed = text(&output.stdout).lines().count();
        let active = zoom.truth(UserStatus::Active).count();
        assert_eq!(listed, if goes_on { active } else { 0 }, "{name}");
        assert_nothing_secret(&output, &zoom);
    }
}

/// Credentials that Zoom does not take: nobody is listed, and what is said shows no secret.
fn refused(language: &Language) {
    let zoom = sandbox(|builder| builder);
    for (stem, secret) in [
        ("before", "ZOOM_API_SECRET"),
        ("after", "ZOOM_CLIENT_SECRET"),
        ("after_sdk", "ZOOM_CLIENT_SECRET"),
    ] {
        let wrong = "a-secret-that-is-wrong";
        let mut command = language.command(stem, &zoom);
        let output = command.env(secret, wrong).output().expect("it runs");
        let told = text(&output.stderr);
        assert!(!output.status.success(), "{} {stem}: {told}", language.name);
        assert_eq!(text(&output.stdout), "", "{} {stem}", language.name);
        assert_nothing_secret(&output, &zoom);
        assert!(!told.contains(wrong), "{} {stem}: {told}", language.name);
        let expected = match stem {
            "before" => "",
            _ => "the client secret was refused by",
        };
        assert!(
            told.contains(expected) && !told.is_empty(),
            "{} {stem}: {told}",
            language.name
        );
    }
    let mut command = language.command("after", &zoom);
    let output = command.env_remove("ZOOM_CLIENT_ID").output();
    let told = text(&output.expect("it runs").stderr);
    let is_told = told.contains(NOTHING_SET) && told.contains("ZOOM_CLIENT_ID");
    assert!(is_told, "{}: {told}", language.name);
}

fn assert_nothing_secret(output: &Output, zoom: &Sandbox) {
    let keys = zoom.credentials();
    // How the sandbox's tokens begin, and how JWTs do.
    let beginnings = ["eyJzdiI6", "eyJhbGciOi", "eyJ0eXAiOi", "Bearer"];
    for shown in [&output.stdout, &output.stderr].map(|bytes| text(bytes)) {
        for secret in [&keys.client_secret, &keys.api_secret] {
            assert!(!shown.contains(secret.as_str()), "{shown}");
        }
        for beginning in beginnings {
            assert!(!shown.contains(beginning), "{shown}");
        }
    }
}

#[test]
fn python_programs_list_the_same_users() {
    pair(&PYTHON);
}

#[test]
fn php_programs_list_the_same_users() {
    pair(&PHP);
}

/// What a web server leaves of PHP, a file that another process keeps, and no client secret.
#[test]
fn php_without_ffi_lists_the_same_users() {
    if !PHP.is_possible() {
        return;
    }
    let zoom = sandbox(|builder| builder.users(700));
    let file = folder("migration-php").join("token");
    let mut cron = with_sandbox(zoom_s2s(), &zoom);
    cron.env("ZOOM_S2S_TOKEN_STORE", format!("file:{}", file.display()));
    succeed(cron.arg("token"));

    let program = PHP.file("after_file");
    let mut command = with_sandbox("php", &zoom);
    without_proxies(&mut command)
        .env_remove("ZOOM_CLIENT_SECRET")
        .env_remove("ZOOM_API_KEY")
        .env_remove("ZOOM_API_SECRET")
        .env("ZOOM_TOKEN_FILE", &file)
        .args(["-d", "ffi.enable=false"])
        .args([
            "-d",
            "disable_functions=exec,proc_open,popen,shell_exec,system",
        ])
        .arg(&program);
    assert_lists(&mut command, &zoom, "PHP after_file");
    assert_eq!(zoom.token_requests(), 1, "cron's");

    let (removed, added) = changes(&PHP.file("before"), &program);
    assert!(removed.max(added) <= MOST_CHANGED);
    let words = format!(
        "[after_file.php](../examples/php/after_file.php), {removed} lines removed and {added} added"
    );
    assert!(
        document().contains(&words),
        "docs/migrating.md lacks: {words}"
    );
}

#[test]
fn perl_programs_list_the_same_users() {
    pair(&PERL);
}

#[test]
fn ruby_programs_list_the_same_users() {
    pair(&RUBY);
}

#[test]
fn shell_programs_list_the_same_users() {
    pair(&SHELL);
}

/// Lines that `diff` takes away and puts in, blank lines and comments like all others.
fn changes(before: &Path, after: &Path) -> (usize, usize) {
    let diff = Command::new("diff").arg(before).arg(after).output();
    let diff = diff.expect("diff runs");
    assert_eq!(diff.status.code(), Some(1), "{before:?} and {after:?}");
    let diff = text(&diff.stdout);
    let count = |sign| diff.lines().filter(|line| line.starts_with(sign)).count();
    (count('<'), count('>'))
}

fn document() -> String {
    fs::read_to_string(root().join("docs/migrating.md")).expect("docs/migrating.md")
}

#[test]
fn the_document_counts_the_changed_lines() {
    if !support::has_tool("diff") {
        return skip("the_document_counts_the_changed_lines", "diff");
    }
    let document = document();
    let lines = |file: &Path| fs::read_to_string(file).expect("a program").lines().count();
    let mut wanted = Vec::new();
    for language in &LANGUAGES {
        let link = |stem: &str| {
            let (folder, extension) = (language.folder, language.extension);
            format!("[{stem}.{extension}](../examples/{folder}/{stem}.{extension})")
        };
        let (before, after) = (language.file("before"), language.file("after"));
        let (removed, added) = changes(&before, &after);
        let changed = removed.max(added);
        assert!(
            changed <= MOST_CHANGED,
            "{}: {changed} lines",
            language.name
        );
        assert!((25..=60).contains(&lines(&before)), "{before:?}");
        wanted.push(format!(
            "| {} | {} | {} | {removed} | {added} | **{changed}** | {} | {} → {} |",
            language.name,
            link("before"),
            link("after"),
            link("after_sdk"),
            lines(&before),
            lines(&language.file("after_sdk")),
        ));
    }
    let c = root().join("examples-c");
    let (before, after) = (c.join("jwt_before.c"), c.join("jwt_after_token.c"));
    let (removed, added) = changes(&before, &after);
    let link = |name: &str| format!("[{name}](../examples-c/{name})");
    wanted.push(format!(
        "| C | {} | {} | {removed} | {added} | **{}** | {} | {} → {} |",
        link("jwt_before.c"),
        link("jwt_after_token.c"),
        removed.max(added),
        link("jwt_after_sdk.c"),
        lines(&before),
        lines(&c.join("jwt_after_sdk.c")),
    ));
    let missing: Vec<_> = (wanted.into_iter())
        .filter(|row| !document.contains(row))
        .collect();
    assert!(
        missing.is_empty(),
        "docs/migrating.md lacks:\n{}",
        missing.join("\n")
    );
}

/// A way to bring about a failure, under the words by which the document finds it.
type Trouble = (&'static str, fn(&Sandbox) -> Result<(), Error>);

const TROUBLES: [Trouble; 14] = [
    ("the client secret was refused", |zoom| {
        zoom.set_client_secret("another one");
        first_page(&client(zoom))
    }),
    ("the account ID was refused", |zoom| {
        let keys = zoom.credentials();
        let wrong = Credentials::server_to_server("0", &keys.client_id, &keys.client_secret);
        first_page(&build(zoom, wrong))
    }),
    ("the app is disabled or was never activated", |zoom| {
        zoom.disable_app(true);
        first_page(&client(zoom))
    }),
    ("the app is not a Server-to-Server OAuth app", |zoom| {
        zoom.set_server_to_server(false);
        first_page(&client(zoom))
    }),
    ("the client ID and secret did not reach", |zoom| {
        let body = r#"{"reason":"Invalid client credentials","error":"invalid_client"}"#;
        zoom.fault(Fault::on_token().status(400, body, "application/json"));
        first_page(&client(zoom))
    }),
    ("is asked too often", |zoom| {
        zoom.fault(Fault::on_token().always().status(429, "", "text/plain"));
        let hurried = builder(zoom, credentials(zoom)).timeout(Duration::from_secs(2));
        first_page(&hurried.build()?)
    }),
    ("the token lacks the scope", |zoom| {
        zoom.set_scopes(&["meeting:read:admin"]);
        first_page(&client(zoom))
    }),
    ("Zoom refused to list users: No permission.", |zoom| {
        let client = client(zoom);
        client.token()?;
        zoom.downgrade_role(&[Permission::UserRead], RoleRefusal::NoPermission);
        first_page(&client)
    }),
    ("tokens in a row", |zoom| {
        zoom.fault(Fault::on_api().always().unauthorized());
        first_page(&client(zoom))
    }),
    ("the API refused the token", |zoom| {
        // Refused is what the API does to JWTs since 2023.
        zoom.fault(Fault::on_api().always().unauthorized());
        first_page(&build(zoom, jwt_credentials(zoom)))
    }),
    ("the daily limit for this call is used up", |zoom| {
        zoom.fault(Fault::on_api().rate_limited(RateLimit::Daily {
            retry_after: "2099-01-01T00:00:00Z".into(),
        }));
        first_page(&client(zoom))
    }),
    ("the answer is not JSON of Zoom's", |zoom| {
        zoom.fault(Fault::on_api().always().html(403));
        first_page(&client(zoom))
    }),
    (
        "answered with something other than JSON of Zoom's",
        |zoom| {
            zoom.fault(Fault::on_token().always().html(403));
            first_page(&client(zoom))
        },
    ),
    ("no connection to", |zoom| {
        let nowhere = builder(zoom, credentials(zoom)).oauth_url("http://127.0.0.1:1");
        first_page(&nowhere.timeout(Duration::from_secs(2)).build()?)
    }),
];

fn build(zoom: &Sandbox, credentials: Credentials) -> Client {
    builder(zoom, credentials).build().expect("a client")
}

#[test]
fn the_document_finds_failures_by_the_words_of_the_library() {
    let document = document();
    let section = document
        .split("\n## ")
        .find(|section| section.starts_with("What to do when it fails"))
        .expect("the section");
    let rows: Vec<&str> = (section.lines())
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .collect();
    let known = TROUBLES.iter().map(|(words, _)| *words);
    let known: BTreeSet<&str> = known.chain([NOTHING_SET]).collect();
    assert_eq!(rows.into_iter().collect::<BTreeSet<_>>(), known);
    for (words, trouble) in TROUBLES {
        let zoom = sandbox(|builder| builder);
        let error = trouble(&zoom).expect_err(words);
        assert!(error.message().contains(words), "{words:?} in {error}");
    }
}

/// What all say, the command too, when variables are missing.
const NOTHING_SET: &str = "not set";

/// Without a variable that leads to a Zoom.
fn without_zoom(command: &mut Command) -> &mut Command {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("ZOOM_") {
            command.env_remove(name);
        }
    }
    command
}

/// The blocks of code in the section on tests, under the file name that their first line gives.
fn recipe() -> Vec<(String, String)> {
    let document = document();
    document
        .split("```python\n# ")
        .skip(1)
        .filter_map(|block| {
            let block = block.split("\n```").next()?;
            let (name, _) = block.split_once('\n')?;
            name.ends_with(".py")
                .then(|| (name.to_owned(), format!("# {block}\n")))
        })
        .collect()
}

#[test]
fn the_recipe_for_pytest_works() {
    let test = "the_recipe_for_pytest_works";
    for tool in ["python3:pytest", "python3:requests"] {
        if lacks(tool) {
            return skip(test, tool);
        }
    }
    let folder = folder("migration-pytest");
    let files = recipe();
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["conftest.py", "test_users.py"]);
    for (name, code) in &files {
        fs::write(folder.join(name), code).expect("the recipe is written");
    }
    let mut pytest = Command::new(python(&["pytest", "requests"]));
    with_library(without_zoom(without_proxies(&mut pytest)))
        .current_dir(&folder)
        .args(["-m", "pytest", "-q", "-p", "no:cacheprovider"]);
    let output = succeed(&mut pytest);
    let said = text(&output.stdout);
    let tests = files[1].1.matches("\ndef test_").count();
    assert!(said.contains(&format!("{tests} passed")), "{said}");
}
