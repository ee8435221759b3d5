//! No secret and no token in anything that is printed, however talkative.

use zoom_s2s_sandbox::{Fault, Sandbox};

use crate::support::{bare, fed, led_to, run};

#[test]
fn nothing_printed_holds_a_secret_or_a_token() {
    for jwt in ["", " --legacy-jwt"] {
        for trouble in ["none", "wrong secret", "refused tokens", "server errors"] {
            let sandbox = Sandbox::builder().users(20).start().expect("it starts");
            let keys = sandbox.credentials().clone();
            let mut command = led_to(&sandbox, &format!("users -vvv --timeout 3{jwt}"));
            match trouble {
                "wrong secret" => {
                    command.env("ZOOM_CLIENT_SECRET", format!("{}x", keys.client_secret));
                    command.env("ZOOM_API_SECRET", format!("{}x", keys.api_secret));
                }
                "refused tokens" => sandbox.fault(Fault::on_api().always().unauthorized()),
                "server errors" => sandbox.fault(Fault::on_api().times(2).server_error(503)),
                _ => {}
            }
            let ended = run(&mut command);
            let printed = ended.stdout + &ended.stderr;
            assert!(printed.contains(" ms  "), "-vvv is talkative: {printed}");
            for secret in [
                keys.client_secret.as_str(),
                keys.api_secret.as_str(),
                "Bearer",
                "Basic",
                "eyJ",
            ] {
                assert!(
                    !printed.contains(secret),
                    "{secret} ({trouble}{jwt}): {printed}"
                );
            }
        }
    }
}

#[test]
fn what_stands_where_it_does_not_belong_is_not_repeated() {
    const TOKEN: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJl";
    const NO_PLACE: &str = "zoom-s2s: an argument that does not belong there (not shown)\n";
    const REJECT: &str = "The token is read from standard input.";
    for (before, after, words) in [
        ("", "", "unrecognized subcommand (not shown)"),
        ("users ", "", NO_PLACE),
        ("token ", "", NO_PLACE),
        ("token --reject ", "", NO_PLACE),
        ("token --reject ", "", REJECT),
        ("token --reject=", "", REJECT),
        ("token --json=", "", "(not shown) for '--json'"),
        (
            "users --timeout=",
            "",
            "(not shown) for '--timeout <SECONDS>'",
        ),
        (
            "users --page-size ",
            "",
            "(not shown) for '--page-size <N>'",
        ),
        ("users --fields email,", "", "(not shown) for '--fields"),
        ("users --status ", "", "[possible values: active"),
        ("completions ", "", "[possible values: bash"),
        ("sandbox --port ", "", "(not shown) for '--port <P>'"),
        ("man users ", "", NO_PLACE),
        ("doctor ", " -v", NO_PLACE),
        ("token --access-token=", "", "'--access-token'"),
    ] {
        let ended = run(&mut bare(&format!("{before}{TOKEN}{after}")));
        assert_eq!(ended.code, 64, "{before}: {}", ended.stderr);
        assert!(ended.stderr.contains(words), "{before}: {}", ended.stderr);
        assert!(!ended.stderr.contains("eyJ"), "{before}: {}", ended.stderr);
    }
    // With a blank it is no mistyped word, however short.
    let ended = run(bare("users").arg("Bearer eyJ"));
    assert!(ended.stderr.starts_with(NO_PLACE), "{}", ended.stderr);
    // Harmless words keep clap's help.
    for (arguments, words) in [
        ("uesrs", "'uesrs'"),
        ("users --status asleep", "'asleep'"),
        ("users now", "'now'"),
    ] {
        let ended = run(&mut bare(arguments));
        assert!(ended.stderr.contains(words), "{}", ended.stderr);
    }
}

#[test]
fn a_token_stands_on_standard_output_alone() {
    for arguments in ["token -vvv", "token -vvv --json --legacy-jwt"] {
        let sandbox = Sandbox::builder().users(1).start().expect("it starts");
        let ended = run(&mut led_to(&sandbox, arguments));
        assert!(ended.stdout.contains("eyJ"));
        assert!(ended.stderr.contains(" ms  "), "{}", ended.stderr);
        let refused = ended.stdout.trim_end().to_owned();
        let again = fed(
            &mut led_to(&sandbox, "token -vvv --reject"),
            refused.as_bytes(),
        );
        assert_eq!(again.code, 0, "{}", again.stderr);
        for told in [ended.stderr, again.stderr] {
            for secret in [
                "eyJ",
                "Bearer",
                "Basic",
                &sandbox.credentials().client_secret,
            ] {
                assert!(!told.contains(secret), "{secret}: {told}");
            }
        }
    }
}
