//! What a listing and a call may cost: memory, threads, lookups.

mod support;

use std::process::Command;

use support::{builder, client, credentials, has_tool, my_role, role, sandbox, skip};
use zoom_s2s::{Client, Counter};

/// Peak resident memory of a process of its own that lists all active users of `users`, in KiB.
#[cfg(target_os = "linux")]
fn peak_of_listing(users: u32) -> (u64, u64) {
    let zoom = sandbox(|sandbox| sandbox.users(users));
    let mut command = role("memory_stays_flat_over_a_million_users", "list");
    let output = command.envs(zoom.env()).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{text}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let figure = |name: &str| -> u64 {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|figure| figure.trim().parse().ok())
            .unwrap_or_else(|| panic!("no {name} in {text}"))
    };
    (figure("listed"), figure("peak"))
}

#[cfg(target_os = "linux")]
#[test]
fn memory_stays_flat_over_a_million_users() {
    if my_role().is_some() {
        let client = Client::from_env().unwrap();
        let listed = client
            .users()
            .into_iter()
            .map(|user| user.unwrap().email().len())
            .filter(|length| *length > 0)
            .count();
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let peak = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))
            .unwrap();
        // On lines of their own: the harness writes the test's name without a line end.
        println!(
            "\nlisted {listed}\npeak {}",
            peak.trim().trim_end_matches("kB")
        );
        return;
    }
    let (few, low) = peak_of_listing(10_000);
    let (many, high) = peak_of_listing(1_000_000);
    println!("{few} users: {low} KiB at most; {many} users: {high} KiB");
    assert!(many > 800_000, "{many}");
    let allowed = 2 * 1024 + (many - few) * 8 / 1024;
    assert!(
        high <= low + allowed,
        "{high} KiB is more than {low} + {allowed}"
    );
}

#[test]
fn pooled_calls_open_and_look_up_nothing() {
    let zoom = sandbox(|sandbox| sandbox.tls(true));
    let ca = std::env::temp_dir().join(format!("zoom-s2s-costs-{}.pem", std::process::id()));
    std::fs::write(&ca, zoom.ca_pem().unwrap()).unwrap();
    let port = zoom.url().rsplit(':').next().unwrap();
    // A name, so that there is something to look up; the system's store too, so that there is
    // something to read.
    let client = builder(&zoom, credentials(&zoom))
        .oauth_url(format!("https://localhost:{port}"))
        .api_url(format!("https://localhost:{port}/v2"))
        .ca_file(&ca)
        .build()
        .unwrap();
    let opening = [
        Counter::Connections,
        Counter::DnsLookups,
        Counter::TrustStoreReads,
        Counter::HelperThreads,
    ];
    for _ in 0..200 {
        client.users().pages().next().unwrap().unwrap();
    }
    for counter in opening {
        assert_eq!(client.counter(counter), 1, "{}", counter.name());
    }
    assert_eq!(zoom.connections(), 1);
    assert_eq!(zoom.api_requests(), 200);
    std::fs::remove_file(ca).unwrap();
}

#[test]
fn the_trust_store_is_read_for_tls_alone() {
    let zoom = sandbox(|sandbox| sandbox);
    let client = client(&zoom);
    client.users().pages().next().unwrap().unwrap();
    assert_eq!(client.counter(Counter::Connections), 1);
    assert_eq!(client.counter(Counter::TrustStoreReads), 0);
}

/// Pooled calls from outside: what the kernel was asked for.
#[cfg(target_os = "linux")]
#[test]
fn pooled_calls_cost_no_thread_file_or_socket() {
    const TEST: &str = "pooled_calls_cost_no_thread_file_or_socket";
    if my_role().is_some() {
        let calls: usize = std::env::var("CALLS").unwrap().parse().unwrap();
        let client = Client::from_env().unwrap();
        for _ in 0..calls {
            client
                .users()
                .page_size(10)
                .pages()
                .next()
                .unwrap()
                .unwrap();
        }
        return;
    }
    if !has_tool("strace") {
        return skip(TEST, "strace");
    }
    let zoom = sandbox(|sandbox| sandbox.tls(true));
    let ca = std::env::temp_dir().join(format!("zoom-s2s-strace-{}.pem", std::process::id()));
    std::fs::write(&ca, zoom.ca_pem().unwrap()).unwrap();
    let count = |calls: usize| -> Vec<(String, usize)> {
        let log =
            std::env::temp_dir().join(format!("zoom-s2s-strace-{}-{calls}", std::process::id()));
        let inner = role(TEST, "call");
        let mut command = Command::new("strace");
        command
            .args([
                "-f",
                "-qq",
                "-e",
                "trace=clone,clone3,open,openat,socket,connect",
                "-o",
            ])
            .arg(&log);
        command
            .arg(inner.get_program())
            .args(inner.get_args())
            .envs(
                inner
                    .get_envs()
                    .filter_map(|(name, value)| Some((name, value?))),
            );
        let output = command
            .envs(zoom.env())
            .env("ZOOM_S2S_CA_FILE", &ca)
            .env("CALLS", calls.to_string())
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stdout)
        );
        let trace = std::fs::read_to_string(&log).unwrap();
        std::fs::remove_file(log).unwrap();
        ["clone", "open", "socket(", "connect("]
            .into_iter()
            .map(|call| {
                (
                    call.to_owned(),
                    trace
                        .lines()
                        .filter(|line| line.contains(call) && !line.contains("resumed>"))
                        .count(),
                )
            })
            .collect()
    };
    let (few, many) = (count(5), count(205));
    println!("system calls of 5 calls {few:?}, of 205 {many:?}");
    assert!(
        few.iter().all(|(_, count)| *count > 0),
        "the trace shows nothing: {few:?}"
    );
    assert_eq!(few, many);
    std::fs::remove_file(ca).unwrap();
}

#[test]
fn a_held_token_costs_no_request() {
    let zoom = sandbox(|sandbox| sandbox);
    let client = client(&zoom);
    for _ in 0..10_000 {
        client.token().unwrap();
    }
    assert_eq!(zoom.token_requests(), 1);
    assert_eq!(zoom.connections(), 1);
}
