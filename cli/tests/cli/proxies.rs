//! HTTP proxies on this machine, on threads that end with the process.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;

/// What a proxy makes of CONNECT.
#[derive(Clone, Copy)]
pub(crate) enum Manner {
    /// It opens the tunnel.
    Tunnels,
    /// It opens one, but to this port of 127.0.0.1, whatever it was asked for.
    Diverts(u16),
    /// It says this, head and all, and hangs up.
    Says(&'static str),
}

pub(crate) const BASIC: Manner = Manner::Says(
    "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\
     Content-Length: 0\r\n\r\n",
);

pub(crate) const NTLM: Manner = Manner::Says(
    "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: NTLM\r\n\
     Proxy-Authenticate: Negotiate\r\nContent-Length: 0\r\n\r\n",
);

pub(crate) const FORBIDS: Manner = Manner::Says(
    "HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n\
     <html><h1>Blocked by policy</h1></html>",
);

/// It takes CONNECT for a page to be shown, as captive portals do.
pub(crate) const SHOWS_A_PAGE: Manner = Manner::Says(
    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n\
     <html><h1>Welcome to our hotel</h1></html>",
);

/// Starts one; its address.
pub(crate) fn proxy(manner: Manner) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            thread::spawn(move || serve(stream, manner));
        }
    });
    address
}

/// A failure closes the connection, and shows in the call that went this way.
fn serve(mut near: TcpStream, manner: Manner) -> io::Result<()> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && near.read(&mut byte)? > 0 {
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let target = head.split_whitespace().nth(1).unwrap_or_default();
    let far = match manner {
        Manner::Says(answer) => {
            near.write_all(answer.as_bytes())?;
            near.shutdown(Shutdown::Write)?;
            // Closing with something unread would reset the connection, and the answer with it.
            return io::copy(&mut near, &mut io::sink()).map(drop);
        }
        Manner::Tunnels => TcpStream::connect(target)?,
        Manner::Diverts(port) => TcpStream::connect(("127.0.0.1", port))?,
    };
    near.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
    let (near_too, far_too) = (near.try_clone()?, far.try_clone()?);
    thread::spawn(move || copy(&near_too, &far_too));
    copy(&far, &near)
}

fn copy(mut from: &TcpStream, mut to: &TcpStream) -> io::Result<()> {
    io::copy(&mut from, &mut to)?;
    to.shutdown(Shutdown::Write)
}
