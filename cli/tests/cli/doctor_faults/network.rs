//! Names, ports and proxies.

use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use zoom_s2s_sandbox::Sandbox;

use super::row::{Row, check_all, row};
use crate::doctor_scene::{Scene, closed_port};
use crate::proxies::{BASIC, FORBIDS, Manner, NTLM, SHOWS_A_PAGE, proxy};

/// Hosts that only a proxy could reach, and this one to do so.
fn behind(scene: &mut Scene, manner: Manner) {
    scene.set_hosts("https://zoom.invalid");
    scene.set("HTTPS_PROXY", format!("http://{}", proxy(manner)));
}

/// The same server, where the first answer takes half a second.
fn behind_a_slow_line(url: &str) -> String {
    let (scheme, place) = url.split_once("://").expect("a URL");
    let place = place.to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for near in listener.incoming().flatten() {
            let far = TcpStream::connect(&place).expect("the server");
            let ways = [(&near, &far), (&far, &near)];
            for (pause, (from, to)) in [500, 0].into_iter().zip(ways) {
                let mut from = from.try_clone().expect("a copy");
                let mut to = to.try_clone().expect("a copy");
                thread::spawn(move || {
                    thread::sleep(Duration::from_millis(pause));
                    let _ = std::io::copy(&mut from, &mut to);
                    let _ = to.shutdown(Shutdown::Write);
                });
            }
        }
    });
    format!("{scheme}://{address}")
}

pub(super) const ROWS: &[Row] = &[
    row("a host name that nobody knows", |scene| {
        scene.set_hosts("https://zoom.invalid")
    })
    .wrong("names", &["zoom.invalid"], &["DNS"], 75),
    row("a port where nobody listens", |scene| {
        let address = closed_port();
        scene.set_hosts(&format!("http://{address}"));
    })
    .wrong("tcp", &["127.0.0.1", "refused"], &["firewall"], 75),
    row("only the API's port is closed", |scene| {
        let address = closed_port();
        scene.set("ZOOM_S2S_API_URL", format!("http://{address}/v2"));
    })
    .wrong("tcp", &["127.0.0.1", "refused"], &["firewall"], 75),
    row("a proxy that is down", |scene| {
        scene.set_hosts("https://zoom.invalid");
        scene.set("HTTPS_PROXY", format!("http://{}", closed_port()));
    })
    .wrong("proxy", &["127.0.0.1", "refused"], &["HTTPS_PROXY"], 75),
    row("a proxy of another variable that is down", |scene| {
        scene.set_hosts("https://zoom.invalid");
        scene.set("all_proxy", closed_port());
    })
    .wrong("proxy", &["127.0.0.1", "refused"], &["all_proxy"], 75),
    row("a proxy that may not be used for Zoom", |scene| {
        behind(scene, Manner::Tunnels);
        scene.set("NO_PROXY", "localhost,.invalid");
    })
    .wrong("names", &["zoom.invalid"], &["NO_PROXY"], 75),
    row("a proxy whose name nobody knows", |scene| {
        scene.set_hosts("https://zoom.invalid");
        scene.set("HTTPS_PROXY", "http://proxy.invalid:3128");
    })
    .wrong("proxy", &["proxy.invalid"], &["HTTPS_PROXY"], 75),
    row("a proxy that wants a password", |scene| {
        behind(scene, BASIC)
    })
    .wrong(
        "proxy",
        &["wants a user name and password", "407"],
        &["HTTPS_PROXY=http://user:password@host:port", "percent"],
        69,
    ),
    row("a proxy that wants another password", |scene| {
        behind(scene, BASIC);
        let url = scene.value("HTTPS_PROXY");
        scene.set("HTTPS_PROXY", url.replace("//", "//jo:xyzzy%20plugh@"));
        scene.secret("xyzzy");
        scene.secret("plugh");
    })
    .wrong(
        "proxy",
        &["refused the user name or password", "407"],
        &["correct them", "percent"],
        69,
    ),
    row("a proxy that wants NTLM", |scene| behind(scene, NTLM)).wrong(
        "proxy",
        &["NTLM", "407"],
        &["cntlm"],
        69,
    ),
    row("a proxy that forbids, with a page", |scene| {
        behind(scene, FORBIDS);
        scene.set("ZOOM_S2S_API_URL", "https://api.example.invalid/v2");
    })
    .wrong(
        "proxy",
        &["403"],
        &["allowed", "zoom.invalid", "api.example.invalid"],
        69,
    ),
    row("a proxy that shows a page in Zoom's place", |scene| {
        behind(scene, SHOWS_A_PAGE)
    })
    .wrong("tls", &["not TLS"], &["proxy"], 76),
    row("a kind of proxy that is not supported", |scene| {
        scene.set("HTTPS_PROXY", "socks5://127.0.0.1:1080")
    })
    .wrong("proxy", &["HTTPS_PROXY"], &["http://"], 78),
    row("only HTTP_PROXY is set", |scene| {
        scene.set("HTTP_PROXY", "http://proxy.invalid:3128")
    })
    .note("proxy", &["HTTP_PROXY"], &["HTTPS_PROXY"]),
    row("the browser's way out is not the service's", |scene| {
        scene.set_hosts("https://zoom.invalid");
        scene.set("HTTP_PROXY", "http://proxy.invalid:3128");
    })
    .wrong(
        "names",
        &["zoom.invalid"],
        &["HTTP_PROXY is", "HTTPS_PROXY"],
        75,
    ),
    row("less time for a connection than it takes", |scene| {
        scene.move_to(Sandbox::builder().tls(true));
        let authority = scene.sandbox.ca_pem().expect("an authority").to_owned();
        let authority = scene.file("ca.pem", &authority).display().to_string();
        scene.set("ZOOM_S2S_CA_FILE", authority);
        let slow = behind_a_slow_line(scene.sandbox.url());
        scene.set_hosts(&slow);
        scene.set("ZOOM_S2S_CONNECT_TIMEOUT_MS", "150");
    })
    .wrong(
        "tls",
        &["127.0.0.1"],
        &["ZOOM_S2S_CONNECT_TIMEOUT_MS allows 150 ms"],
        75,
    ),
    row("a host that takes connections and says nothing", |scene| {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        scene.set_hosts(&format!("https://{address}"));
        scene.set("ZOOM_S2S_TIMEOUT_MS", "1000");
        scene.keep(listener);
    })
    .wrong("tls", &["127.0.0.1"], &["firewall"], 75),
];

#[test]
fn each_is_found() {
    check_all(ROWS);
}
