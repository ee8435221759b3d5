//! `php/zoom_s2s_token.php`: PHP gets its token from the file that cron keeps.
#![cfg(target_os = "linux")]

mod languages;
mod support;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use support::c::{folder, root, succeed, text, with_sandbox};
use support::{has_tool, sandbox, skip};
use zoom_s2s_sandbox::{Cut, Fault, Sandbox, UserStatus};

/// Whom cron runs as, here; and the user and group of php-fpm in Debian.
const CRON: &str = "daemon";
const FPM: &str = "www-data";

/// Debian's php-fpm, whatever its version.
fn php_fpm() -> Option<PathBuf> {
    let files = fs::read_dir("/usr/sbin").ok()?;
    let mut found: Vec<PathBuf> = files
        .filter_map(|file| Some(file.ok()?.path()))
        .filter(|path| path.to_string_lossy().contains("/php-fpm"))
        .collect();
    found.sort();
    found.pop()
}

/// The command, built for tests.
fn zoom_s2s() -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build
        .current_dir(root())
        .args(["build", "--quiet", "--locked", "--package=zoom-s2s-cli"])
        .env_remove("RUSTFLAGS");
    succeed(&mut build);
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or(root().join("target"), PathBuf::from);
    root().join(target).join("debug/zoom-s2s")
}

/// A folder that every user can enter, as the one for tests need not be; removed at the end.
struct Place(PathBuf);

impl Place {
    fn new() -> Place {
        let path = std::env::temp_dir().join(format!("zoom-s2s-fpm-{}", std::process::id()));
        fs::create_dir(&path).expect("a folder");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("open to all");
        Place(path)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn write(&self, name: &str, content: &str, mode: u32) {
        fs::write(self.path(name), content).expect("a file");
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(mode)).expect("its mode");
    }

    fn copy(&self, from: &Path, name: &str) {
        fs::copy(from, self.path(name)).expect("a copy");
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(0o755)).expect("its mode");
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A running php-fpm and its pool.
struct Fpm<'a> {
    master: Child,
    place: &'a Place,
}

impl<'a> Fpm<'a> {
    fn start(program: &Path, place: &'a Place, zoom: &Sandbox) -> Fpm<'a> {
        let here = place.0.display();
        let keys = zoom.credentials();
        let pool = format!(
            "[global]\n\
             error_log = {here}/fpm.log\n\
             daemonize = no\n\
             [www]\n\
             user = {FPM}\n\
             group = {FPM}\n\
             listen = {here}/fpm.sock\n\
             pm = static\n\
             pm.max_children = 2\n\
             php_admin_value[disable_functions] = proc_open,popen,exec,shell_exec,system,passthru,pcntl_exec\n\
             php_admin_flag[display_errors] = on\n\
             env[ZOOM_ACCOUNT_ID] = {}\n\
             env[ZOOM_CLIENT_ID] = {}\n\
             env[ZOOM_S2S_OAUTH_URL] = {}\n\
             env[ZOOM_S2S_API_URL] = {}\n",
            keys.account_id,
            keys.client_id,
            zoom.url(),
            zoom.api_url()
        );
        place.write("pool.conf", &pool, 0o644);
        let master = Command::new(program)
            .args(["-d", "ffi.enable=preload", "-y"])
            .arg(place.path("pool.conf"))
            .stderr(Stdio::null())
            .spawn()
            .expect("php-fpm starts");
        let fpm = Fpm { master, place };
        let deadline = Instant::now() + Duration::from_secs(60);
        while !place.path("fpm.sock").exists() {
            assert!(Instant::now() < deadline, "{}", fpm.log());
            std::thread::sleep(Duration::from_millis(10));
        }
        fpm
    }

    fn log(&self) -> String {
        fs::read_to_string(self.place.path("fpm.log")).unwrap_or_default()
    }

    /// The page's status and what it answers, as a web server would ask for it.
    fn page(&self) -> (u16, String) {
        let output = succeed(
            Command::new("cgi-fcgi")
                .args(["-bind", "-connect"])
                .arg(self.place.path("fpm.sock"))
                .env("SCRIPT_FILENAME", self.place.path("page.php"))
                .env("REQUEST_METHOD", "GET")
                .env("ZOOM_TOKEN_FILE", self.place.path("zoom/token"))
                .env("NO_PROXY", "*"),
        );
        let answer = text(&output.stdout);
        let (head, body) = answer
            .split_once("\r\n\r\n")
            .unwrap_or_else(|| panic!("{answer}\n{}", self.log()));
        let status = head.lines().find_map(|line| line.strip_prefix("Status: "));
        let number = status.map_or("200", |status| &status[..3]);
        (number.parse().expect("a status"), body.to_owned())
    }
}

impl Drop for Fpm<'_> {
    fn drop(&mut self) {
        // Asked, the master takes its workers with it.
        support::holder::send_signal(self.master.id(), libc::SIGTERM);
        let _ = self.master.wait();
    }
}

/// Runs a line as cron does, for its user, who is a member of FPM's group.
fn cron(place: &Place, zoom: &Sandbox, line: &str) {
    let mut command = with_sandbox("setpriv", zoom);
    let path = std::env::var("PATH").unwrap_or_default();
    let store = place.path("zoom/token");
    command
        .args([format!("--reuid={CRON}"), format!("--regid={CRON}")])
        .args([format!("--groups={FPM}"), "--inh-caps=-all".into()])
        .args(["sh", "-euc", line])
        .current_dir("/")
        .env("PATH", format!("{}:{path}", place.path("bin").display()))
        .env_remove("ZOOM_CLIENT_SECRET")
        .env("ZOOM_CLIENT_SECRET_FILE", place.path("secret"))
        .env(
            "ZOOM_S2S_TOKEN_STORE",
            format!("file:{}?mode=0640&group={FPM}", store.display()),
        )
        .env("NO_PROXY", "*");
    succeed(&mut command);
}

/// Before anything else, the page tells what PHP may do.
const PAGE: &str = r#"<?php
try {
    FFI::cdef('int abs(int);');
    echo "FFI works\n";
} catch (FFI\Exception $error) {
    echo $error->getMessage(), "\n";
}
echo ini_get('ffi.enable'), ' ', posix_getpwuid(posix_geteuid())['name'], "\n";
foreach (['proc_open', 'popen', 'exec', 'shell_exec', 'system', 'passthru', 'pcntl_exec'] as $function) {
    if (function_exists($function)) echo "$function works\n";
}
if (getenv('ZOOM_CLIENT_SECRET') !== false || is_readable(__DIR__ . '/secret')) echo "the secret is known\n";
require 'example_page.php';
"#;

/// What Zoom, or something in front of it, may do to a page's request, and what the page says then.
fn troubles(zoom: &Sandbox) -> Vec<(Fault, &'static str)> {
    let api = Fault::on_api;
    let elsewhere = format!("{}/users?page_size=300", zoom.api_url());
    let not_json = "HTTP 200: not the JSON that was asked for";
    vec![
        (api().cut(Cut::BeforeProcessing), "no answer"),
        (api().cut(Cut::Reset), "no answer"),
        (api().cut(Cut::AfterHeaders), not_json),
        (api().cut(Cut::InBody), not_json),
        (api().redirect(302, &elsewhere), "HTTP 302: not the JSON"),
        (api().html(200), not_json),
        (api().html(503), "HTTP 503: not the JSON"),
        (api().garbage_json(), not_json),
        (api().truncated_json(), not_json),
        (api().empty(200), not_json),
        (api().remove_member("users"), not_json),
        (api().set_member("users", "none"), not_json),
        (api().error_under_200(300, "Not now."), "HTTP 200: Not now."),
        (api().server_error(500), "HTTP 500: "),
        // What came before is not shown as if it were all.
        (api().html(200).after(1), not_json),
        (api().cut(Cut::Reset).after(2), "no answer"),
        (
            api().repeated_page_token().always(),
            "does not come to an end",
        ),
    ]
}

#[test]
fn php_fpm_without_ffi_gets_its_token_from_the_file_that_cron_keeps() {
    let test = "php_fpm_without_ffi_gets_its_token_from_the_file_that_cron_keeps";
    // SAFETY: asks for a number.
    if unsafe { libc::geteuid() } != 0 {
        return skip(
            test,
            "setpriv with leave to switch users (only root has it)",
        );
    }
    let Some(program) = php_fpm() else {
        return skip(test, "php-fpm");
    };
    for tool in ["cgi-fcgi", "setpriv"] {
        if !has_tool(tool) {
            return skip(test, tool);
        }
    }
    let zoom = sandbox(|sandbox| sandbox.users(700));
    let place = Place::new();
    for name in ["bin", "zoom"] {
        fs::create_dir(place.path(name)).expect("a folder");
    }
    let mut install = Command::new("install");
    install.args(["-d", "-m", "0750", "-o", CRON, "-g", FPM]);
    succeed(install.arg(place.path("zoom")));
    place.copy(&zoom_s2s(), "bin/zoom-s2s");
    place.write("secret", &zoom.credentials().client_secret, 0o600);
    succeed(Command::new("chown").arg(CRON).arg(place.path("secret")));
    for name in ["zoom_s2s_token.php", "example_page.php"] {
        place.copy(&root().join("php").join(name), name);
    }
    place.write("page.php", PAGE, 0o644);
    let fpm = Fpm::start(&program, &place, &zoom);

    let page = || {
        let (status, answer) = fpm.page();
        let (about, rest) = answer
            .split_once(&format!("\npreload {FPM}\n"))
            .unwrap_or_else(|| panic!("{answer}"));
        assert!(about.contains("restricted by \"ffi.enable\""), "{about}");
        // Neither PHP's warnings nor tokens, in whatever part of an answer.
        for never in ["Warning", "Notice", "Deprecated", "Fatal", "Bearer", "eyJ"] {
            assert!(!rest.contains(never), "{rest}");
        }
        (status, rest.to_owned())
    };
    let users: String = zoom
        .truth(UserStatus::Active)
        .map(|user| user.email + "\n")
        .collect();
    assert!(users.lines().count() > 600, "more than one page, and two");
    let shows_all = || assert_eq!(page(), (200, users.clone()));
    let without_token = |part: &str| {
        let (status, answer) = page();
        assert_eq!(status, 503, "{answer}");
        assert!(answer.contains(part), "{part:?} in {answer}");
        answer
    };

    without_token("it is not there");

    let line = "zoom-s2s token > /dev/null";
    cron(&place, &zoom, line);
    shows_all();
    cron(&place, &zoom, line);
    assert_eq!(zoom.token_requests(), 1, "it was fresh");
    shows_all();

    // Zoom refuses the token. Cron does not know; the page says what to do, and that helps.
    zoom.kill_all_tokens();
    cron(&place, &zoom, line);
    let answer = without_token("Zoom refused its token");
    let (_, cure) = answer
        .trim_end()
        .rsplit_once("cron's user: ")
        .expect("a cure");
    cron(&place, &zoom, cure);
    assert_eq!(zoom.token_requests(), 2);
    shows_all();

    // With the line that tries the token, cron finds it out.
    zoom.kill_all_tokens();
    cron(&place, &zoom, "zoom-s2s users > /dev/null");
    shows_all();
    assert_eq!(zoom.token_requests(), 3);

    let token = place.path("zoom/token");
    fs::set_permissions(&token, fs::Permissions::from_mode(0o600)).expect("its mode");
    without_token("PHP may not read it");
    fs::set_permissions(&token, fs::Permissions::from_mode(0o640)).expect("its mode");

    let api_url = zoom.api_url().to_owned();
    let fails = |part: &str| {
        let (status, answer) = page();
        assert_eq!(status, 502, "{part:?}: {answer}");
        assert!(answer.contains(part), "{part:?} in {answer}");
        assert!(answer.starts_with(&api_url), "{answer}");
        assert_eq!(answer.lines().count(), 1, "{answer}");
    };
    for (fault, part) in troubles(&zoom) {
        zoom.fault(fault);
        fails(part);
        zoom.clear_faults();
    }
    shows_all();
    drop(zoom);
    fails("no answer");
}

/// A script that gets the file to require, the token file in a folder of its own, and these arguments.
/// Nothing but PHP itself: no extension is needed.
fn php(test: &str, code: &str, arguments: &[&str]) -> (Command, PathBuf) {
    let folder = folder(test);
    let script = folder.join("script.php");
    let code =
        format!("<?php error_reporting(E_ALL); ini_set('display_errors', 'stderr');\n{code}");
    fs::write(&script, code).expect("the script");
    let mut command = Command::new("php");
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("ZOOM_") {
            command.env_remove(name);
        }
    }
    let token = folder.join("token");
    command
        .arg("-n")
        .arg(&script)
        .arg(root().join("php/zoom_s2s_token.php"))
        .arg(&token)
        .args(arguments);
    (command, token)
}

/// Runs it; it must complain of nothing.
fn run(test: &str, code: &str, arguments: &[&str]) -> String {
    let output = succeed(&mut php(test, code, arguments).0);
    assert_eq!(text(&output.stderr), "");
    text(&output.stdout)
}

/// What is wrong with the file, one after the other, and a refusal that somebody has seen to meanwhile.
const WRONG: &str = r#"
[, $code, $file] = $argv;
require $code;
function store(array $tokens, int $version = 1): void {
    global $file;
    file_put_contents($file, json_encode(['version' => $version, 'tokens' => (object) $tokens]));
}
function token(string $value, int $seconds): array {
    return ['access_token' => $value, 'expires_at_ms' => 1000 * (time() + $seconds)];
}
function tell(callable $ask): void {
    try {
        echo $ask(), "\n";
    } catch (ZoomS2S\TokenError $error) {
        echo $error->getMessage(), "\n";
        if (str_contains((string) $error, 'dead')) exit(1);
    }
}
$zoom = new ZoomS2S\TokenFile($file, 'account', 'client');
$key = hash('sha256', "https://zoom.us\naccount\nclient\n");
tell($zoom->token(...));
file_put_contents($file, '{"version":');
tell($zoom->token(...));
store([], 2);
tell($zoom->token(...));
store([hash('sha256', "https://zoom.us\naccount\nother\n") => token('other', 3600)]);
tell($zoom->token(...));
store([$key => token('dead', -1)]);
tell($zoom->token(...));
store([$key => token('dead', 3600)]);
tell($zoom->header(...));
$header = $zoom->header();
tell(fn () => $zoom->rejectToken($header)->header());
tell($zoom->token(...));
store([$key => token('better', 3600)]);
tell(fn () => $zoom->rejectToken($header)->header());
tell(fn () => $zoom->rejectToken('better')->token());
try {
    new ZoomS2S\TokenFile($file, null, 'client');
} catch (ValueError $error) {
    echo $error->getMessage(), "\n";
}
"#;

#[test]
fn each_trouble_with_the_file_has_its_cure() {
    let test = "each_trouble_with_the_file_has_its_cure";
    if !has_tool("php") {
        return skip(test, "php");
    }
    let said = run(test, WRONG, &[]);
    let expected = [
        "it is not there: is it made by cron",
        "it holds something else",
        "it holds something else",
        "no token of this account ID, client ID and OAuth URL",
        "cron does not renew it",
        "Authorization: Bearer dead",
        "Zoom refused its token",
        "Zoom refused its token",
        "Authorization: Bearer better",
        "zoom-s2s token --header | zoom-s2s token --reject",
        "ZOOM_ACCOUNT_ID is not set",
    ];
    assert_eq!(said.lines().count(), expected.len(), "{said}");
    for (line, part) in said.lines().zip(expected) {
        assert!(line.contains(part), "{part:?} in {line:?}");
    }
}

/// Where the library would look, by the environment and by what is given: cloud, and blanks around.
const SETTINGS: &str = r#"
[, $code, $file] = $argv;
require $code;
$tokens = [];
foreach (['https://zoom.us', 'https://zoomgov.com', 'http://127.0.0.1:8'] as $url) {
    $entry = ['access_token' => $url, 'expires_at_ms' => 1000 * (time() + 60)];
    $tokens[hash('sha256', "$url\naccount\nclient\n")] = $entry;
}
file_put_contents($file, json_encode(['version' => 1, 'tokens' => $tokens]));
[$ids, $zoom, $gov] = [['account', 'client'], 'https://zoom.us', 'https://zoomgov.com'];
[$api, $govApi] = ['https://api.zoom.us/v2', 'https://api.zoomgov.com/v2'];
$cases = [
    [[], $ids, $zoom, $api],
    [['CLOUD' => 'commercial'], $ids, $zoom, $api],
    [['CLOUD' => ''], $ids, $zoom, $api],
    [['CLOUD' => ' '], $ids, $zoom, $api],
    [['CLOUD' => 'government'], $ids, $gov, $govApi],
    [['CLOUD' => " government\n"], $ids, $gov, $govApi],
    [['CLOUD' => 'Government'], $ids, 'ZOOM_S2S_CLOUD is neither commercial nor government', ''],
    [['CLOUD' => 'gov', 'OAUTH_URL' => $gov], $ids, 'ZOOM_S2S_CLOUD is neither commercial nor government', ''],
    [['CLOUD' => 'government', 'OAUTH_URL' => 'http://127.0.0.1:8'], $ids, 'http://127.0.0.1:8', $govApi],
    [['CLOUD' => 'government', 'API_URL' => ' http://127.0.0.1:8/v2/ '], $ids, $gov, 'http://127.0.0.1:8/v2'],
    [['OAUTH_URL' => ' https://zoomgov.com// '], $ids, $gov, $govApi],
    [['OAUTH_URL' => ' '], $ids, $zoom, $api],
    [[], [...$ids, $gov], $gov, $govApi],
    [[], [...$ids, "\thttps://zoomgov.com/\n"], $gov, $govApi],
    [[], [" account\n", "\u{feff}client\u{a0}\u{2003}"], $zoom, $api],
    [['ACCOUNT_ID' => " account\t", 'CLIENT_ID' => "client\r\n"], [], $zoom, $api],
    [['ACCOUNT_ID' => ' ', 'CLIENT_ID' => 'client'], [], 'ZOOM_ACCOUNT_ID is not set', ''],
    [['ACCOUNT_ID' => '0'], [], 'ZOOM_CLIENT_ID is not set', ''],
    [[], ['account', ' '], 'ZOOM_CLIENT_ID is not set', ''],
    [[], ['account', "client\xff"], 'it has no token of this account ID', ''],
];
foreach ($cases as $number => [$variables, $arguments, $token, $url]) {
    foreach (['ACCOUNT_ID', 'CLIENT_ID', 'CLOUD', 'OAUTH_URL', 'API_URL'] as $name) {
        $full = str_ends_with($name, '_ID') ? "ZOOM_$name" : "ZOOM_S2S_$name";
        putenv(isset($variables[$name]) ? "$full={$variables[$name]}" : $full);
    }
    try {
        $zoomFile = new ZoomS2S\TokenFile($file, ...$arguments);
        [$said, $at] = [$zoomFile->token(), $zoomFile->apiUrl];
    } catch (ValueError | ZoomS2S\TokenError $error) {
        [$said, $at] = [$error->getMessage(), ''];
    }
    if (!str_contains($said, $token) || $at !== $url) echo "case $number: $said, $at\n";
}
echo count($cases), "\n";
"#;

#[test]
fn the_settings_are_read_as_the_library_reads_them() {
    let test = "the_settings_are_read_as_the_library_reads_them";
    if !has_tool("php") {
        return skip(test, "php");
    }
    assert_eq!(run(test, SETTINGS, &[]), "20\n");
}

/// Files that end in a TokenError with these words, and in nothing else. KEY and END are such as they
/// should be.
const DAMAGED: [(&str, &[&str]); 3] = [
    (
        "it holds something else",
        &[
            "",
            "null",
            "7",
            "[]",
            r#""text""#,
            r#"{"version":"1","tokens":{}}"#,
            r#"{"version":1}"#,
            r#"{"version":1,"tokens":null}"#,
            r#"{"version":1,"tokens":7}"#,
            r#"{"version":1,"tokens":"text"}"#,
            r#"{"version":1,"tokens":{"KEY":{"access_token":"hush","expires_at_ms":END}}"#,
        ],
    ),
    (
        "it has no token of this account ID",
        &[
            r#"{"version":1,"tokens":[]}"#,
            r#"{"version":1,"tokens":["hush"]}"#,
            r#"{"version":1,"tokens":{"KEY":null}}"#,
        ],
    ),
    (
        "its entry for this app is damaged",
        &[
            "7",
            "true",
            r#""hush""#,
            "[]",
            "{}",
            r#"["hush",END]"#,
            r#"{"expires_at_ms":END}"#,
            r#"{"access_token":"hush"}"#,
            r#"{"access_token":null,"expires_at_ms":END}"#,
            r#"{"access_token":7,"expires_at_ms":END}"#,
            r#"{"access_token":true,"expires_at_ms":END}"#,
            r#"{"access_token":["hush"],"expires_at_ms":END}"#,
            r#"{"access_token":{"a":"hush"},"expires_at_ms":END}"#,
            r#"{"access_token":"","expires_at_ms":END}"#,
            r#"{"access_token":"hush ed","expires_at_ms":END}"#,
            r#"{"access_token":"hush\n","expires_at_ms":END}"#,
            r#"{"access_token":"hush\r\nX-Own: 1","expires_at_ms":END}"#,
            r#"{"access_token":"hush\u0000","expires_at_ms":END}"#,
            r#"{"access_token":"hush\u007f","expires_at_ms":END}"#,
            r#"{"access_token":"hüsh","expires_at_ms":END}"#,
            r#"{"access_token":"hush","expires_at_ms":null}"#,
            r#"{"access_token":"hush","expires_at_ms":true}"#,
            r#"{"access_token":"hush","expires_at_ms":"END"}"#,
            r#"{"access_token":"hush","expires_at_ms":END.5}"#,
            r#"{"access_token":"hush","expires_at_ms":1e30}"#,
            r#"{"access_token":"hush","expires_at_ms":99999999999999999999}"#,
            r#"{"access_token":"hush","expires_at_ms":[END]}"#,
            r#"{"access_token":"hush","expires_at_ms":{}}"#,
        ],
    ),
];

#[test]
fn a_damaged_file_is_an_error_and_no_token() {
    let test = "a_damaged_file_is_an_error_and_no_token";
    if !has_tool("php") {
        return skip(test, "php");
    }
    let script = r#"
[, $code, $file, $content] = $argv;
require $code;
$key = hash('sha256', "https://zoom.us\naccount\nclient\n");
file_put_contents($file, strtr($content, ['KEY' => $key, 'END' => 1000 * (time() + 60)]));
try {
    echo 'it took ' . (new ZoomS2S\TokenFile($file, 'account', 'client'))->header();
} catch (Throwable $error) {
    echo str_contains((string) $error, 'hush') ? 'it tells' : get_class($error) . ': ' . $error->getMessage();
}
"#;
    for (part, contents) in DAMAGED {
        for content in contents {
            let entry = part.starts_with("its entry");
            let file = if entry {
                format!(r#"{{"version":1,"tokens":{{"KEY":{content}}}}}"#)
            } else {
                (*content).to_owned()
            };
            let said = run(test, script, &[&file]);
            assert!(
                said.starts_with("ZoomS2S\\TokenError: "),
                "{content}: {said}"
            );
            assert!(said.contains(part), "{content}: {said}");
        }
    }
}

/// Reads on and on until it is told to stop, and prints how often, and which tokens there were.
const READER: &str = r#"
[, $code, $file, $stop] = $argv;
require $code;
$zoom = new ZoomS2S\TokenFile($file, 'account', 'client');
[$reads, $seen] = [0, []];
do {
    $token = $zoom->token();
    $whole = preg_match('/^(\d+)-x+-end$/D', $token, $parts) && strlen($token) === 1000 + (int) $parts[1] % 7000;
    if (!$whole) throw new Exception(strlen($token) . " bytes of $token");
    $seen[$parts[1]] = true;
    $reads++;
    clearstatcache();
} while (!file_exists($stop));
echo $reads, ' ', count($seen), "\n";
"#;

/// The file is replaced in one step, as the library does it, and there is always a whole token.
#[test]
fn php_reads_on_while_the_file_is_replaced() {
    let test = "php_reads_on_while_the_file_is_replaced";
    if !has_tool("php") {
        return skip(test, "php");
    }
    let stop = folder("php_reads_on_stop").join("stop");
    let (mut reader, file) = php(test, READER, &[stop.to_str().expect("a path")]);
    let key = text(
        &succeed(Command::new("php").args([
            "-r",
            r#"echo hash('sha256', "https://zoom.us\naccount\nclient\n");"#,
        ]))
        .stdout,
    );
    // So large that it is not written at once.
    let padding = "x".repeat(100_000);
    let replace = |number: usize| {
        let length = 1000 + number % 7000;
        let rest = length - format!("{number}--end").len();
        let token = format!("{number}-{}-end", &padding[..rest]);
        let content = format!(
            r#"{{"version":1,"tokens":{{"{key}":{{"access_token":"{token}","expires_at_ms":4102444800000}}}},"p":"{padding}"}}"#
        );
        let new = file.with_extension("new");
        fs::write(&new, content).expect("a new file");
        fs::rename(&new, &file).expect("it takes the old one's place");
    };
    replace(0);
    let mut reader = reader
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("PHP starts");
    let (start, mut replaced) = (Instant::now(), 0);
    while start.elapsed() < Duration::from_secs(3) && matches!(reader.try_wait(), Ok(None)) {
        replaced += 1;
        replace(replaced * 37);
    }
    fs::write(&stop, "").expect("the sign to stop");
    let output = reader.wait_with_output().expect("PHP ends");
    assert_eq!(text(&output.stderr), "");
    assert!(output.status.success());
    let said = text(&output.stdout);
    println!("replaced {replaced} times; reads and tokens seen: {said}");
    let seen = said.trim().split_once(' ').map(|(_, seen)| seen.parse());
    assert!(matches!(seen, Some(Ok(50usize..))), "{said:?}");
}

/// By the host that curl asks a proxy for.
#[test]
fn the_example_asks_the_api_of_its_cloud() {
    let test = "the_example_asks_the_api_of_its_cloud";
    if !has_tool("php") {
        return skip(test, "php");
    }
    let modules = text(&succeed(Command::new("php").arg("-m")).stdout);
    if !modules.lines().any(|line| line == "curl") {
        return skip(test, "php:curl");
    }
    let file = folder(test).join("token");
    let write = r#"
foreach (['https://zoom.us', 'https://zoomgov.com'] as $url) {
    $tokens[hash('sha256', "$url\naccount\nclient\n")] = ['access_token' => 'hush', 'expires_at_ms' => 4102444800000];
}
file_put_contents($argv[1], json_encode(['version' => 1, 'tokens' => $tokens]));
"#;
    succeed(Command::new("php").args(["-r", write]).arg(&file));
    for (cloud, host) in [
        ("", "api.zoom.us:443"),
        ("commercial", "api.zoom.us:443"),
        (" government ", "api.zoomgov.com:443"),
    ] {
        let proxy = std::net::TcpListener::bind("127.0.0.1:0").expect("a proxy");
        let address = proxy.local_addr().expect("its address");
        let mut program = Command::new("php");
        for name in [
            "ZOOM_S2S_OAUTH_URL",
            "ZOOM_S2S_API_URL",
            "no_proxy",
            "NO_PROXY",
        ] {
            program.env_remove(name);
        }
        let program = program
            .arg(root().join("examples/php/after_file.php"))
            .env("ZOOM_TOKEN_FILE", &file)
            .env("ZOOM_ACCOUNT_ID", "account")
            .env("ZOOM_CLIENT_ID", "client")
            .env("ZOOM_S2S_CLOUD", cloud)
            .env("https_proxy", format!("http://{address}"))
            .env("HTTPS_PROXY", format!("http://{address}"))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("PHP starts");
        // A program that ends without asking must not leave the test waiting.
        let asked = std::thread::spawn(move || {
            let (mut stream, _) = proxy.accept().expect("a connection");
            let mut line = String::new();
            let _ = BufReader::new(&stream).read_line(&mut line);
            let _ = stream.write_all(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
            line
        });
        let output = program.wait_with_output().expect("PHP ends");
        let said = text(&output.stderr);
        let _ = std::net::TcpStream::connect(address);
        let line = asked.join().expect("the proxy's thread");
        assert_eq!(
            line,
            format!("CONNECT {host} HTTP/1.1\r\n"),
            "{cloud:?}: {said}"
        );
        assert!(said.starts_with("GET /users: HTTP"), "{said}");
        assert!(!said.contains("hush"), "{said}");
    }
}
