//! What a C program around the library may do: signals, threads that cancel, loading and unloading,
//! odd locales, the log; and what a panic inside becomes there.
#![cfg(unix)]

mod support;

use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::thread;
use std::time::Duration;

use support::c::{compile, compiler, folder, library, root, succeed, text, with_sandbox};
use support::{address, client, has_tool, sandbox, skip};
use zoom_s2s_sandbox::{Cut, Fault, Sandbox, UserStatus};

/// Compiles `tests/host/NAME.c` for one test.
fn host(test: &str, name: &str) -> Option<PathBuf> {
    let compiler = compiler("c");
    if !has_tool(&compiler) && !Path::new(&compiler).is_file() {
        skip(test, &compiler);
        return None;
    }
    let program = folder(test).join(name);
    let source = root().join(format!("tests/host/{name}.c"));
    // A program that takes the library by dlopen alone shall not be linked with it.
    let arguments = ["-Wl,--as-needed"];
    let arguments = &arguments[..usize::from(name == "unload")];
    compile(&compiler, &[&source], arguments, &program);
    Some(program)
}

fn show(output: &Output) {
    print!("{}", text(&output.stdout));
}

/// Leads a TLS sandbox's clients to it by a name, so that one is looked up.
fn by_name(command: &mut Command, zoom: &Sandbox, folder: &Path) {
    let url = zoom.url().replace("127.0.0.1", "localhost");
    let authority = folder.join("ca.pem");
    if let Some(pem) = zoom.ca_pem() {
        fs::write(&authority, pem).expect("the authority is written");
        command.env("ZOOM_S2S_CA_FILE", authority);
    }
    command
        .env("ZOOM_S2S_API_URL", format!("{url}/v2"))
        .env("ZOOM_S2S_OAUTH_URL", url);
}

#[test]
fn a_storm_of_signals_interrupts_no_call() {
    let Some(program) = host("c_storm", "signals") else {
        return;
    };
    for tls in [false, true] {
        let zoom = sandbox(|sandbox| sandbox.tls(tls).users(100));
        let users = zoom.truth(UserStatus::Active).count().to_string();
        // Calls wait for headers, bodies, and the next attempt.
        let often = || Fault::on_api().always();
        zoom.fault(often().chance(100, 1).latency(Duration::from_millis(60)));
        zoom.fault(
            often()
                .chance(50, 2)
                .drip(false, 2_000, Duration::from_millis(5)),
        );
        zoom.fault(often().chance(20, 3).cut(Cut::Reset));
        zoom.fault(often().chance(20, 4).cut(Cut::BeforeProcessing));
        let mut command = with_sandbox(&program, &zoom);
        by_name(&mut command, &zoom, program.parent().expect("a folder"));
        show(&succeed(command.args(["storm", &users, "8"])));
    }
}

/// Takes connections, reads so many bytes of each, and breaks off: the first write that the client
/// then makes fails with ECONNRESET or, after a closed sending side, with EPIPE.
fn rude_peer(bytes: usize) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for (nth, stream) in listener.incoming().flatten().enumerate() {
            thread::spawn(move || break_off(stream, bytes, nth % 2 == 0));
        }
    });
    address
}

fn break_off(mut stream: TcpStream, bytes: usize, close_first: bool) {
    let _ = stream.read_exact(&mut vec![0; bytes]);
    if close_first {
        let _ = stream.shutdown(Shutdown::Write);
        thread::sleep(Duration::from_millis(5));
    }
    // What was sent and not read makes this a reset.
    drop(stream);
}

#[test]
fn a_peer_that_breaks_off_while_a_body_is_sent_raises_no_signal() {
    let Some(program) = host("c_pipe", "signals") else {
        return;
    };
    let zoom = sandbox(|sandbox| sandbox);
    for bytes in [1, 100, 65_536, 1 << 20] {
        let peer = rude_peer(bytes);
        let mut command = with_sandbox(&program, &zoom);
        command.env("ZOOM_S2S_API_URL", format!("http://{peer}/v2"));
        show(&succeed(command.args(["pipe", "10"])));
    }
    for cut in [Cut::BeforeProcessing, Cut::Reset, Cut::InHeaders] {
        // A body of 8 MB arrives, or the sandbox refuses it while it is still being sent.
        zoom.clear_faults();
        zoom.fault(Fault::on("POST", "/v2/users").always().cut(cut));
        show(&succeed(with_sandbox(&program, &zoom).args(["pipe", "3"])));
    }
}

/// Carries connections to `target`, the client asking for that by CONNECT or not, and breaks each off
/// after so many bytes of what the client sends through it.
fn rude_relay(target: SocketAddr, asked: bool, bytes: u64) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for (nth, client) in listener.incoming().flatten().enumerate() {
            thread::spawn(move || carry(client, target, asked, bytes, nth % 2 == 0));
        }
    });
    address
}

fn carry(
    mut client: TcpStream,
    target: SocketAddr,
    asked: bool,
    bytes: u64,
    close_first: bool,
) -> std::io::Result<()> {
    if asked {
        let (mut head, mut byte) = (Vec::new(), [0]);
        while !head.ends_with(b"\r\n\r\n") {
            client.read_exact(&mut byte)?;
            head.extend(byte);
        }
        assert!(head.starts_with(b"CONNECT "));
        client.write_all(b"HTTP/1.1 200 Connected\r\n\r\n")?;
    }
    let mut server = TcpStream::connect(target)?;
    let (mut back, mut to_client) = (server.try_clone()?, client.try_clone()?);
    let answers = thread::spawn(move || std::io::copy(&mut back, &mut to_client));
    let _ = std::io::copy(&mut Read::by_ref(&mut client).take(bytes), &mut server);
    if close_first {
        let _ = client.shutdown(Shutdown::Write);
        thread::sleep(Duration::from_millis(5));
    }
    let _ = server.shutdown(Shutdown::Both);
    let _ = answers.join();
    Ok(())
}

#[test]
fn a_tls_connection_that_breaks_off_raises_no_signal() {
    let Some(program) = host("c_tls", "signals") else {
        return;
    };
    let zoom = sandbox(|sandbox| sandbox.tls(true));
    let folder = program.parent().expect("a folder");
    let run = |place: &str, bytes: u64, url: String, proxy: Option<SocketAddr>| {
        let mut command = with_sandbox(&program, &zoom);
        by_name(&mut command, &zoom, folder);
        command
            .env("ZOOM_S2S_API_URL", format!("{url}/v2"))
            .env("ZOOM_S2S_OAUTH_URL", url)
            .env("ZOOM_S2S_TIMEOUT_MS", "1000");
        for name in ["https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY"] {
            command.env_remove(name);
        }
        if let Some(proxy) = proxy {
            command.env("HTTPS_PROXY", format!("http://{proxy}"));
        }
        println!("{place}, after {bytes} bytes:");
        show(&succeed(command.args(["pipe", "2"])));
    };
    // Before and in the handshake, and in the body.
    for bytes in [0, 100, 3_000, 500_000] {
        let relay = rude_relay(address(&zoom), false, bytes);
        run(
            "direct",
            bytes,
            format!("https://localhost:{}", relay.port()),
            None,
        );
    }
    // Loopback names never go through a proxy, and the sandbox has a certificate for no other.
    for bytes in [0, 100] {
        let proxy = rude_relay(address(&zoom), true, bytes);
        run("tunnel", bytes, "https://zoom.example".into(), Some(proxy));
    }
}

#[test]
fn cancel_and_shutdown_end_calls_at_once() {
    let Some(program) = host("c_stop", "stop") else {
        return;
    };
    for call in ["list", "send", "token"] {
        for end in ["cancel", "shutdown"] {
            let zoom = sandbox(|sandbox| sandbox);
            let fault = match call {
                "token" => Fault::on_token(),
                _ => Fault::on("GET", "/v2/users"),
            };
            zoom.fault(fault.times(3).latency(Duration::from_secs(20)));
            show(&succeed(with_sandbox(&program, &zoom).args([call, end])));
        }
    }
}

#[test]
fn a_panic_inside_is_an_error_and_everything_goes_on() {
    let Some(program) = host("c_panics", "panics") else {
        return;
    };
    let zoom = sandbox(|sandbox| sandbox);
    show(&succeed(&mut with_sandbox(&program, &zoom)));
}

#[cfg(target_os = "linux")]
#[test]
fn it_can_be_loaded_and_unloaded_again_and_again() {
    let Some(program) = host("c_unload", "unload") else {
        return;
    };
    let zoom = sandbox(|sandbox| sandbox);
    let mut command = with_sandbox(&program, &zoom);
    command.arg(library().join("libzoom_s2s.so.1")).arg("100");
    show(&succeed(&mut command));
}

#[test]
fn locales_change_nothing() {
    let Some(program) = host("c_locales", "users") else {
        return;
    };
    let zoom = sandbox(|sandbox| sandbox.users(400));
    let expected: Vec<String> = client(&zoom)
        .users()
        .pages()
        .flat_map(|page| {
            let page = page.expect("a page");
            let emails: Vec<String> = page.users().map(|user| user.email().to_owned()).collect();
            emails
        })
        .collect();
    assert!(expected.len() > 300, "more than one page");
    // One that the machine does not have is as good as C.
    for locale in ["tr_TR.UTF-8", "de_DE", "C", "C.UTF-8"] {
        let output = succeed(with_sandbox(&program, &zoom).env("LC_ALL", locale));
        let found = text(&output.stdout);
        assert_eq!(found.lines().collect::<Vec<_>>(), expected, "{locale}");
        assert_eq!(text(&output.stderr), "", "{locale}");
    }
}

/// What must be in no log.
fn secrets(zoom: &Sandbox) -> Vec<String> {
    let token = client(zoom).token().expect("a token").value().to_owned();
    let keys = zoom.credentials();
    vec![
        token,
        keys.client_secret.clone(),
        keys.api_secret.clone(),
        "Bearer ".into(),
        "Basic ".into(),
        // Of whatever token the program itself was given.
        "eyJ".into(),
    ]
}

#[test]
fn the_log_goes_to_stderr_and_tells_no_secret() {
    let Some(program) = host("c_log", "users") else {
        return;
    };
    let zoom = sandbox(|sandbox| sandbox);
    zoom.fault(Fault::on_api().unauthorized());
    zoom.fault(Fault::on_api().server_error(503));
    let output = succeed(with_sandbox(&program, &zoom).env("ZOOM_S2S_LOG", "debug"));
    let log = text(&output.stderr);
    assert!(
        log.contains(" debug GET ") && log.contains(" info new token"),
        "{log}"
    );
    assert!(log.lines().all(|line| line.contains(" zoom_s2s[")), "{log}");
    for secret in secrets(&zoom) {
        assert!(!log.contains(&secret), "{secret} is in the log:\n{log}");
    }
    // Without the variable there is no log.
    let output = succeed(&mut with_sandbox(&program, &zoom));
    assert_eq!(text(&output.stderr), "");
}

#[test]
fn the_log_is_appended_to_a_file() {
    let Some(program) = host("c_log_file", "users") else {
        return;
    };
    let zoom = sandbox(|sandbox| sandbox);
    let file = program.with_file_name("zoom.log");
    fs::write(&file, "what was there before\n").expect("the log is begun");
    for _ in 0..2 {
        let value = format!("info:{}", file.display());
        let output = succeed(with_sandbox(&program, &zoom).env("ZOOM_S2S_LOG", value));
        assert_eq!(text(&output.stderr), "");
    }
    let log = fs::read_to_string(&file).expect("the log");
    assert!(log.starts_with("what was there before\n"), "{log}");
    assert_eq!(log.matches(" info new token").count(), 2, "{log}");
    assert!(!log.contains(" debug "), "{log}");
    for secret in secrets(&zoom) {
        assert!(!log.contains(&secret), "{secret} is in the log:\n{log}");
    }
}

#[test]
fn a_wrong_log_setting_is_refused_by_name() {
    let Some(program) = host("c_log_wrong", "users") else {
        return;
    };
    let zoom = sandbox(|sandbox| sandbox);
    for value in ["loud", "info:/nonexistent/zoom.log"] {
        let output = with_sandbox(&program, &zoom)
            .env("ZOOM_S2S_LOG", value)
            .output()
            .expect("the program runs");
        let said = text(&output.stdout);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("ZOOM_S2S_LOG"), "{said}");
    }
    assert_eq!(zoom.token_requests(), 0);
}

#[test]
fn a_getter_handed_null_warns_of_it() {
    let Some(program) = host("c_log_null", "users") else {
        return;
    };
    let zoom = sandbox(|sandbox| sandbox);
    let mut command = with_sandbox(&program, &zoom);
    let output = succeed(command.arg("null").env("ZOOM_S2S_LOG", "warn"));
    let log = text(&output.stderr);
    assert_eq!(log.lines().count(), 1, "{log}");
    assert!(log.contains(" warn token is NULL"), "{log}");
}

#[test]
fn a_program_without_stderr_lives() {
    let Some(program) = host("c_log_closed", "users") else {
        return;
    };
    let zoom = sandbox(|sandbox| sandbox);
    let users = zoom.truth(UserStatus::Active).count();
    let path = program.to_str().expect("a path in UTF-8");
    for (level, end) in [("", "2>&-"), ("debug", "2>/dev/null")] {
        let mut command = with_sandbox("/bin/sh", &zoom);
        command.args(["-c", &format!("exec '{path}' {end}")]);
        let output = succeed(command.env("ZOOM_S2S_LOG", level));
        assert_eq!(text(&output.stdout).lines().count(), users, "{end}");
    }
    // A log that cannot be written is told at once.
    let mut command = with_sandbox("/bin/sh", &zoom);
    command.args(["-c", &format!("exec '{path}' 2>&-")]);
    let output = command.env("ZOOM_S2S_LOG", "debug").output().expect("sh");
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("ZOOM_S2S_LOG"), "{said}");
}

/// The connection then gets the number that stderr had, and must not get the log.
#[test]
fn a_program_that_closes_stderr_later_lives() {
    let Some(program) = host("c_log_closed_later", "users") else {
        return;
    };
    let zoom = sandbox(|sandbox| sandbox);
    let mut command = with_sandbox(&program, &zoom);
    let output = succeed(command.arg("close").env("ZOOM_S2S_LOG", "debug"));
    let users = zoom.truth(UserStatus::Active).count();
    assert_eq!(text(&output.stdout).lines().count(), users);
}
