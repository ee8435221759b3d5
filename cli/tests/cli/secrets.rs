//! No secret and no token in anything that is printed, however talkative.

use zoom_s2s_sandbox::{Fault, Sandbox};

use crate::support::{led_to, run};

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
