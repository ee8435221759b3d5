//! How fast pages come over loopback: `cargo run --release -p zoom-s2s-sandbox --example speed`.
//!
//! The client only counts bytes, so this is what the sandbox and the sockets cost.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Instant;
use zoom_s2s_sandbox::Sandbox;

const PAGES: u32 = 2_000;

fn main() -> std::io::Result<()> {
    for gzip in [false, true] {
        for cached in [false, true] {
            let sandbox = Sandbox::builder().users(1_000_000).start()?;
            let mut tcp = TcpStream::connect(sandbox.url().trim_start_matches("http://"))?;
            let token = token(&sandbox, &mut tcp)?;
            let request = |page: u32| {
                let coding = if gzip { "gzip" } else { "identity" };
                format!(
                    "GET /v2/users?page_size=300&page_number={page} HTTP/1.1\r\nHost: x\r\nAccept-Encoding: {coding}\r\nAuthorization: Bearer {token}\r\n\r\n"
                )
            };
            let mut buffer = vec![0; 1 << 20];
            let mut bytes = exchange(&mut tcp, &request(1), &mut buffer)?.len();
            let started = Instant::now();
            for page in 1..=PAGES {
                let page = if cached { 1 } else { page };
                bytes += exchange(&mut tcp, &request(page), &mut buffer)?.len();
            }
            let each = started.elapsed() / PAGES;
            println!(
                "gzip {gzip:5} cached {cached:5}: {each:>10.1?} a page, {:>6.0} pages/s, {} bytes a page, {}",
                1.0 / each.as_secs_f64(),
                bytes / PAGES as usize,
                peak(),
            );
        }
    }
    Ok(())
}

fn token(sandbox: &Sandbox, tcp: &mut TcpStream) -> std::io::Result<String> {
    use base64::Engine as _;
    let c = sandbox.credentials();
    let pair = format!("{}:{}", c.client_id, c.client_secret);
    let pair = base64::engine::general_purpose::STANDARD.encode(pair);
    let request = format!(
        "POST /oauth/token?grant_type=account_credentials&account_id={} HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {pair}\r\n\r\n",
        c.account_id
    );
    let mut buffer = vec![0; 1 << 16];
    let body = exchange(tcp, &request, &mut buffer)?;
    let body: serde_json::Value = serde_json::from_slice(body)?;
    Ok(body["access_token"].as_str().unwrap_or_default().to_owned())
}

/// Sends a request and returns the body of the answer.
fn exchange<'a>(
    tcp: &mut TcpStream,
    request: &str,
    buffer: &'a mut [u8],
) -> std::io::Result<&'a [u8]> {
    tcp.write_all(request.as_bytes())?;
    let mut got = 0;
    loop {
        got += tcp.read(&mut buffer[got..])?;
        let head = buffer[..got.min(4096)].windows(4);
        let Some(end) = head.into_iter().position(|window| window == b"\r\n\r\n") else {
            continue;
        };
        let text = String::from_utf8_lossy(&buffer[..end]).to_ascii_lowercase();
        let length = text.split("content-length: ").nth(1).unwrap_or_default();
        let length: usize = length
            .split('\r')
            .next()
            .unwrap_or_default()
            .parse()
            .unwrap_or(0);
        while got < end + 4 + length {
            got += tcp.read(&mut buffer[got..])?;
        }
        return Ok(&buffer[end + 4..end + 4 + length]);
    }
}

fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find(|line| line.starts_with("VmHWM"));
    peak.unwrap_or("").replace('\t', " ")
}
