//! `zoom-s2s doctor` where nothing is wrong, and what it does only when it is asked to.

use std::io::{BufRead, BufReader, Read};
use std::time::{Duration, Instant};

use zoom_s2s_sandbox::{Fault, Sandbox, World};

use crate::doctor_report::{CHECKS, Report};
use crate::doctor_scene::Scene;
use crate::proxies::{Manner, proxy};
use crate::support::{bare, run, start};

/// How long a check-up of what is healthy may take.
const QUICK: Duration = Duration::from_secs(2);

/// A check-up of what is healthy, in both forms: quick, and with one request for a token at most.
fn assert_healthy(scene: &Scene) -> Report {
    // Not the time that the system takes to load the program.
    run(&mut scene.command("--version")).good();
    let [text, json] = ["", "--json"].map(|options| {
        let (asked, started) = (scene.sandbox.token_requests(), Instant::now());
        let called = scene.sandbox.api_requests();
        let ended = scene.doctor(options);
        let took = started.elapsed();
        let said = format!("{}{}", ended.stdout, ended.stderr);
        scene.assert_discreet(&said, "healthy");
        assert_eq!(ended.code, 0, "{said}");
        assert!(took < QUICK, "{took:?}: {said}");
        assert!(scene.sandbox.token_requests() <= asked + 1, "{said}");
        assert!(scene.sandbox.api_requests() <= called + 1, "{said}");
        assert!(!said.contains('\x1b'), "not a terminal: {said}");
        ended
    });
    let last = text.stdout.trim_end().lines().last();
    let says_so = last.is_some_and(|last| last.starts_with("Everything is in order"));
    assert!(says_so, "{}", text.stdout);
    let report = Report::of(&json, "healthy");
    for check in CHECKS {
        assert!(text.stdout.contains(check), "{check}: {}", text.stdout);
        let told = report.findings.iter().any(|finding| finding.check == check);
        assert!(told, "{check}: {report:#?}");
    }
    report
}

fn verdict<'r>(report: &'r Report, check: &str) -> &'r str {
    let finding = report.findings.iter().find(|found| found.check == check);
    &finding.expect("a finding").verdict
}

#[test]
fn a_healthy_set_up_is_called_so() {
    let report = assert_healthy(&Scene::new());
    for check in ["environment", "tcp", "token", "clock", "scopes", "call"] {
        assert_eq!(verdict(&report, check), "fine", "{report:#?}");
    }
    // Not asked for, or not there.
    for check in ["proxy", "world"] {
        assert_ne!(verdict(&report, check), "wrong", "{report:#?}");
    }
    assert_eq!(verdict(&report, "world"), "skipped", "{report:#?}");
}

#[test]
fn so_is_one_with_everything() {
    let mut scene = Scene::on(Sandbox::builder().tls(true).world(World::SingleToken));
    let authority = scene.sandbox.ca_pem().expect("an authority").to_owned();
    let authority = scene
        .file("ca.pem", &format!("\u{feff}{authority}"))
        .display()
        .to_string();
    scene.set("ZOOM_S2S_CA_FILE", authority);
    scene.set("ZOOM_S2S_CA_ONLY", "1");
    scene.set("HTTPS_PROXY", format!("http://{}", proxy(Manner::Tunnels)));
    for name in ["ZOOM_ACCOUNT_ID", "ZOOM_CLIENT_ID", "ZOOM_CLIENT_SECRET"] {
        scene.file_instead(name);
    }
    let store = format!("file:{}", scene.path("token").display());
    scene.set("ZOOM_S2S_TOKEN_STORE", store);
    let report = assert_healthy(&scene);
    for finding in &report.findings {
        let expected = match finding.check.as_str() {
            // The proxy looks up the name.
            "names" | "tcp" => continue,
            "world" => "skipped",
            _ => "fine",
        };
        assert_eq!(finding.verdict, expected, "{report:#?}");
    }
}

#[test]
fn so_are_the_retired_way_and_the_made_up_zoom() {
    let mut scene = Scene::new();
    let keys = scene.sandbox.credentials().clone();
    scene.set("ZOOM_API_KEY", keys.api_key);
    scene.set("ZOOM_API_SECRET", keys.api_secret);
    for options in ["--legacy-jwt --json", "--sandbox --json"] {
        let told = scene.doctor(options);
        let report = Report::of(&told, options);
        scene.assert_discreet(&(told.stdout + &told.stderr), options);
        assert_eq!(told.code, 0, "{report:#?}");
        assert_eq!(verdict(&report, "call"), "fine", "{report:#?}");
    }
    assert_eq!(scene.sandbox.token_requests(), 0);
}

#[test]
fn the_token_that_others_share_stays_good() {
    let mut scene = Scene::on(Sandbox::builder().world(World::SingleToken));
    let store = format!("file:{}", scene.path("token").display());
    scene.set("ZOOM_S2S_TOKEN_STORE", store);
    let token = run(&mut scene.command("token")).good();
    assert_healthy(&scene);
    assert_eq!(scene.sandbox.token_requests(), 1, "the store has one");
    assert_eq!(run(&mut scene.command("token")).good(), token);
    run(&mut scene.command("users")).good();
    assert_eq!(scene.sandbox.token_requests(), 1);
}

#[test]
fn which_world_it_is_comes_out_when_asked_for() {
    for (world, word, other) in [
        (World::SingleToken, "ends", "side by side"),
        (World::MultiToken, "side by side", "ends"),
    ] {
        let scene = Scene::on(Sandbox::builder().world(world));
        let told = scene.doctor("--probe-tokens --json");
        let report = Report::of(&told, "probe");
        assert_eq!(told.code, 0, "{report:#?}");
        assert_eq!(scene.sandbox.token_requests(), 2, "{report:#?}");
        let found = report.findings.iter().find(|found| found.check == "world");
        let found = found.expect("a finding");
        assert!(found.what.contains(word), "{world:?}: {found:?}");
        assert!(!found.what.contains(other), "{world:?}: {found:?}");
        scene.assert_discreet(&told.stdout, "probe");
    }
}

#[test]
fn what_a_probe_does_is_said_before_it_is_done() {
    let scene = Scene::on(Sandbox::builder().world(World::SingleToken));
    // Time to look, between the announcement and the second token.
    let slow = Fault::on_token().after(1).always();
    scene.sandbox.fault(slow.latency(Duration::from_secs(3)));
    let (mut child, mut stdout) = start(&mut scene.doctor_command("--probe-tokens"));
    let mut stderr = BufReader::new(child.stderr.take().expect("a pipe"));
    let mut line = String::new();
    stderr.read_line(&mut line).expect("a line");
    assert!(scene.sandbox.tokens_issued() <= 1, "{line}");
    assert!(line.contains("second token"), "{line}");
    assert!(line.contains("--probe-tokens"), "{line}");
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).expect("the rest");
    assert!(child.wait().expect("it ends").success(), "{rest}");
    assert_eq!(scene.sandbox.tokens_issued(), 2);
}

#[test]
fn its_help_shows_how_and_gives_nothing_away() {
    let help = run(&mut bare("doctor --help")).good();
    for word in ["Examples:", "--probe-tokens", "Exit status:", "\"verdict\""] {
        assert!(help.contains(word), "{word}: {help}");
    }
    // What the shell puts there can be read by everybody on the machine.
    assert!(!help.contains("$(cat"), "{help}");
    // The doctor is less patient than the others, and says so once.
    let short = run(&mut bare("doctor -h")).good();
    for (help, own) in [
        (&help, true),
        (&short, true),
        (&run(&mut bare("users --help")).good(), false),
    ] {
        assert_eq!(help.contains("[default: 10]"), own, "{help}");
        assert_eq!(help.contains("[default: 30]"), !own, "{help}");
        assert!(!help.contains("10 seconds"), "{help}");
    }
}

#[test]
fn no_probe_is_made_of_what_does_not_work() {
    let mut scene = Scene::new();
    scene.set("ZOOM_CLIENT_SECRET", "nPq5TuV8wXyZ1aBc3DeF6gHi9JkL2mNo");
    let report = Report::of(&scene.doctor("--probe-tokens --json"), "probe");
    assert_eq!(verdict(&report, "world"), "skipped", "{report:#?}");
    assert_eq!(scene.sandbox.tokens_issued(), 0);
}
