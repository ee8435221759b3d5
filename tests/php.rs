//! `php/zoom_s2s.php` on Debian's PHP. The file for web servers is tested in `php_fpm.rs`.
#![cfg(target_os = "linux")]

mod languages;
mod support;

use std::process::Command;

use support::c::{succeed, text};
use support::{has_tool, sandbox, skip};

const EXAMPLE: &str = "php/example.php";

/// Notes the skip if PHP is missing, or this extension of it.
fn lacks_php(test: &str, extension: &str) -> bool {
    if !has_tool("php") {
        skip(test, "php");
        return true;
    }
    let modules = text(&succeed(Command::new("php").arg("-m")).stdout);
    let there = modules.lines().any(|line| line == extension);
    if !there {
        skip(test, &format!("php:{extension}"));
    }
    !there
}

#[test]
fn the_example_lists_whom_the_account_has() {
    if lacks_php("php_lists", "FFI") {
        return;
    }
    languages::lists_whom_the_account_has("php", EXAMPLE);
}

#[test]
fn an_error_says_what_helps() {
    if lacks_php("php_errors", "FFI") {
        return;
    }
    languages::says_what_helps("php", EXAMPLE);
}

#[test]
fn a_rejected_token_is_replaced() {
    if lacks_php("php_rejects", "FFI") {
        return;
    }
    languages::replaces_a_rejected_token(
        "php",
        r#"
[, $api, $control] = $argv;
$zoom = ZoomS2S\Client::fromEnv();
$ask = function (string $header) use ($api) {
    $options = ['http' => ['header' => $header, 'ignore_errors' => true]];
    file_get_contents("$api/users", false, stream_context_create($options));
    echo explode(' ', $http_response_header[0])[1], "\n";
};
$token = $zoom->token();
if (abs($token->expiresAt - time() - 3600) > 60) throw new Exception((string) $token->expiresAt);
if (str_contains(print_r($token, true), $token->value)) throw new Exception('it shows itself');
$ask($token->header);
$options = ['http' => ['method' => 'POST', 'content' => '{}', 'header' => 'Content-Type: application/json']];
file_get_contents("$control/tokens/kill", false, stream_context_create($options));
$ask($zoom->token()->header);
$zoom->rejectToken($token);
$ask($zoom->token()->header);
"#,
    );
}

#[test]
fn meetings_come_page_after_page() {
    if lacks_php("php_pages", "FFI") {
        return;
    }
    languages::pages_meetings(
        "php",
        r#"
$zoom = ZoomS2S\Client::fromEnv();
$meetings = $zoom->pages('/users/{id}/meetings', 'meetings', ['id' => $argv[1], 'page_size' => 30]);
unset($zoom);
foreach ($meetings as $meeting) {
    echo $meeting['id'], "\n";
}
"#,
    );
}

#[test]
fn anything_can_be_sent() {
    if lacks_php("php_sends", "FFI") {
        return;
    }
    languages::sends_anything(
        "php",
        r#"
$zoom = ZoomS2S\Client::fromEnv(['timeout_ms' => 20_000]);
echo $zoom->send('PATCH', '/users/{id}', ['id' => $argv[1]], ['dept' => 'Größe & Maß'])->status, "\n";
echo $zoom->send('GET', '/users/{id}', ['id' => $argv[1]])->json()['dept'], "\n";
try {
    $zoom->send('GET', '/users/{id}', ['id' => 'nobody/at all']);
} catch (ZoomS2S\Error $error) {
    if (!str_contains($error->getMessage(), 'does not exist') || !str_contains($error->body, '1001') || $error->retryable) {
        throw $error;
    }
    echo $error->status, ' ', $error->httpStatus, ' ', $error->zoomCode, "\n";
}
foreach ([['nix' => 1], ['client_secret' => "a\0b"], ['timeout_ms' => 0]] as $wrong) {
    try {
        ZoomS2S\Client::fromEnv($wrong);
        exit(1);
    } catch (ValueError | ZoomS2S\Error $error) {
        if (!str_contains($error->getMessage(), key($wrong))) throw $error;
        if (str_contains((string) $error, "a\0b")) exit(2);
    }
}
"#,
    );
}

#[test]
fn settings_of_another_kind_are_refused_by_name() {
    if lacks_php("php_settings", "FFI") {
        return;
    }
    let said = languages::run(
        "php",
        r#"
$wrong = [
    'timeout_ms' => [9223372036854775807 + 1, -1e300, 2.5, NAN, '9223372036854775808', '-9223372036854775809', '1e3',
        ' 1', 'soon', '', true, null, [1], 0, -1],
    'connect_timeout_ms' => [1e19, '99999999999999999999', false],
    'body_limit' => [1e19, '1 MiB', 0],
    'regional' => ['false', 'true', '0', '', 2, 1.0, null, []],
    'ca_only' => ['false', 'no', -1],
    'cloud' => [4294967296 + 1, PHP_INT_MIN, 1e300, 'government', true, null],
    'client_secret' => [['hush'], null, true, 1.5, new stdClass],
    'token_store' => [false],
];
foreach ($wrong as $name => $values) {
    foreach ($values as $value) {
        try {
            ZoomS2S\Client::fromEnv([$name => $value]);
            echo "$name took ", var_export($value, true), "\n";
        } catch (ValueError | ZoomS2S\Error $error) {
            $named = $name === 'body_limit' && $value === 0 ? 'limit' : $name;
            if (!str_contains($error->getMessage(), $named) || str_contains((string) $error, 'hush')) throw $error;
        }
    }
}
$right = ['timeout_ms' => '20000', 'connect_timeout_ms' => PHP_INT_MAX, 'body_limit' => 1 << 20, 'regional' => false,
    'ca_only' => 0, 'cloud' => 1, 'user_agent' => 'report/1.4'];
echo ZoomS2S\Client::fromEnv($right)->users()->current()['email'] !== '' ? 'good' : 'bad', "\n";
"#,
        &[],
        &sandbox(|sandbox| sandbox),
    );
    assert_eq!(said, "good\n");
}

#[test]
fn odd_orders_leak_nothing() {
    if lacks_php("php_orders", "FFI") {
        return;
    }
    languages::leaks_nothing(
        "php",
        r#"
function size() { preg_match('/VmRSS:\s*(\d+)/', file_get_contents('/proc/self/status'), $found); echo $found[1], "\n"; }
function rounds(int $count) {
    for ($round = 0; $round < $count; $round++) {
        $zoom = ZoomS2S\Client::fromEnv();
        [$half, $unread] = [$zoom->users(), $zoom->users('all')];
        for ($number = 0; $number < 250; $number++) $token = $zoom->token();
        unset($zoom);
        for ($number = 0; $number < 10; $number++) $half->next();
        unset($half);
        try { ZoomS2S\Client::fromEnv()->send('GET', '/users/nobody'); } catch (ZoomS2S\Error $error) {}
        // A ring, which only the collector of cycles undoes.
        $ring = new stdClass;
        [$ring->self, $ring->users, $ring->error] = [$ring, $unread, $error];
        if ($round % 10 === 9) gc_collect_cycles();
    }
}
rounds(10);
size();
rounds(60);
size();
// Left to the end of the process, in a ring.
$last = new stdClass;
[$last->self, $last->users, $last->zoom] = [$last, ZoomS2S\Client::fromEnv()->users(), ZoomS2S\Client::fromEnv()];
$last->users->current();
class Late { static $zoom; }
Late::$zoom = ZoomS2S\Client::fromEnv();
"#,
    );
}

#[test]
fn a_forked_child_goes_on_and_so_does_its_parent() {
    if lacks_php("php_fork", "pcntl") || lacks_php("php_fork", "FFI") {
        return;
    }
    languages::survives_a_fork(
        "php",
        r#"
$zoom = ZoomS2S\Client::fromEnv();
[$seen, $child] = [0, -1];
foreach ($zoom->users() as $user) {
    if (++$seen === 100) $child = pcntl_fork();
}
$line = ($child ? 'parent' : 'child') . " $seen " . iterator_count($zoom->users());
if ($child) {
    pcntl_waitpid($child, $status);
    echo "$line $status\n";
} else {
    echo "$line\n";
}
"#,
    );
}

#[test]
fn functions_are_called_as_the_header_declares_them() {
    let source = languages::read(&languages::file("php/zoom_s2s.php"));
    let (_, declarations) = source.split_once("DECLARATIONS = '").expect("C in it");
    let (declarations, _) = declarations.split_once("';\n").expect("its end");
    let plain = |kind: &str| match kind.trim() {
        "handle" | "handle *" | "text" | "uint8_t *" | "size_t *" => "pointer",
        "int32_t" => "i32",
        "int64_t" => "i64",
        "size_t" => "size",
        other => panic!("{other}"),
    };
    let mut log = String::new();
    for declaration in declarations.split(';').map(str::trim) {
        if declaration.is_empty() || declaration.starts_with("typedef") {
            continue;
        }
        let (front, parameters) = declaration.split_once('(').expect("a function");
        let (result, name) = front.split_once("zoom_s2s_").expect("a name");
        log += &format!("zoom_s2s_{name} {}", plain(result));
        for kind in parameters.trim_end_matches(')').split(',') {
            if kind != "void" {
                log += " ";
                log += plain(kind);
            }
        }
        log.push('\n');
    }
    languages::assert_as_declared(&log);
}

/// The settings' types are made from their names.
#[test]
fn settings_are_of_the_types_that_the_header_declares() {
    let source = languages::read(&languages::file("php/zoom_s2s.php"));
    let (_, settings) = source.split_once("SETTINGS = [").expect("settings");
    let (settings, _) = settings.split_once("];").expect("their end");
    let mut log = String::new();
    for setting in settings
        .split(',')
        .map(str::trim)
        .filter(|one| !one.is_empty())
    {
        let (name, kind) = setting.split_once(" => ").expect("a name and a type");
        let name = name.trim_matches('\'');
        let kind = match kind {
            "'string'" => "pointer",
            _ if name.ends_with("_ms") || name.ends_with("_limit") => "i64",
            _ => "i32",
        };
        log += &format!("zoom_s2s_config_set_{name} i32 pointer {kind} pointer\n");
    }
    assert_eq!(log.lines().count(), 18, "{log}");
    languages::assert_as_declared(&log);
}
