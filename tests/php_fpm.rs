//! `php/zoom_s2s_token.php`: PHP gets its token from the file that cron keeps.
#![cfg(target_os = "linux")]

mod languages;
mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use support::c::{folder, root, succeed, text, with_sandbox};
use support::{has_tool, sandbox, skip};
use zoom_s2s_sandbox::{Sandbox, UserStatus};

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

    /// What the page answers, without its head, as a web server would ask for it.
    fn page(&self) -> String {
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
        let (_, body) = answer
            .split_once("\r\n\r\n")
            .unwrap_or_else(|| panic!("{answer}\n{}", self.log()));
        body.to_owned()
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

#[test]
fn php_fpm_without_ffi_gets_its_token_from_the_file_that_cron_keeps() {
    let test = "php_fpm_without_ffi_gets_its_token_from_the_file_that_cron_keeps";
    // SAFETY: asks for a number.
    if unsafe { libc::geteuid() } != 0 {
        eprintln!("skipped: {test}: only root can switch users");
        return;
    }
    let Some(program) = php_fpm() else {
        return skip(test, "php-fpm");
    };
    for tool in ["cgi-fcgi", "setpriv"] {
        if !has_tool(tool) {
            return skip(test, tool);
        }
    }
    let zoom = sandbox(|sandbox| sandbox);
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
        let answer = fpm.page();
        let (about, rest) = answer
            .split_once(&format!("\npreload {FPM}\n"))
            .unwrap_or_else(|| panic!("{answer}"));
        assert!(about.contains("restricted by \"ffi.enable\""), "{about}");
        rest.to_owned()
    };
    let users: String = zoom
        .truth(UserStatus::Active)
        .map(|user| user.email + "\n")
        .collect();

    let answer = page();
    assert!(answer.contains("it is not there"), "{answer}");

    let line = "zoom-s2s token > /dev/null";
    cron(&place, &zoom, line);
    assert_eq!(page(), users);
    cron(&place, &zoom, line);
    assert_eq!(zoom.token_requests(), 1, "it was fresh");
    assert_eq!(page(), users);

    // Zoom refuses the token. Cron does not know; the page says what to do, and that helps.
    zoom.kill_all_tokens();
    cron(&place, &zoom, line);
    let answer = page();
    assert!(answer.contains("Zoom refused its token"), "{answer}");
    let (_, cure) = answer
        .trim_end()
        .rsplit_once("cron's user: ")
        .expect("a cure");
    cron(&place, &zoom, cure);
    assert_eq!(zoom.token_requests(), 2);
    assert_eq!(page(), users);

    // With the line that tries the token, cron finds it out.
    zoom.kill_all_tokens();
    cron(&place, &zoom, "zoom-s2s users > /dev/null");
    assert_eq!(page(), users);
    assert_eq!(zoom.token_requests(), 3);

    let token = place.path("zoom/token");
    fs::set_permissions(&token, fs::Permissions::from_mode(0o600)).expect("its mode");
    let answer = page();
    assert!(answer.contains("PHP may not read it"), "{answer}");
}

/// What is wrong with the file, one after the other, and a refusal that somebody has seen to meanwhile.
const WRONG: &str = r#"<?php
error_reporting(E_ALL);
ini_set('display_errors', 'stderr');
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
    let folder = folder(test);
    let script = folder.join("wrong.php");
    fs::write(&script, WRONG).expect("the script");
    let output = succeed(
        Command::new("php")
            // Nothing but PHP itself: no extension is needed.
            .arg("-n")
            .arg(&script)
            .arg(root().join("php/zoom_s2s_token.php"))
            .arg(folder.join("token"))
            .env_remove("ZOOM_ACCOUNT_ID")
            .env_remove("ZOOM_S2S_OAUTH_URL"),
    );
    assert_eq!(text(&output.stderr), "");
    let said = text(&output.stdout);
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
