//! Passes bytes on, between Unix sockets and ports: Unix sockets are found by their path from every
//! network namespace, ports only within one.

use std::io;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::thread;

/// Where a server listens.
#[derive(Clone, Debug)]
pub(crate) enum Address {
    /// Of 127.0.0.1.
    Port(u16),
    Socket(PathBuf),
}

/// Listens at `from`, and passes on to `to` what comes, from threads that end with the process.
pub(crate) fn relay(from: &Address, to: Address) {
    match from {
        Address::Port(port) => {
            let listener = TcpListener::bind(("127.0.0.1", *port)).expect("the port is free");
            thread::spawn(move || {
                for stream in listener.incoming() {
                    pass_on(stream.map(Stream::Tcp), &to);
                }
            });
        }
        Address::Socket(path) => {
            let listener = UnixListener::bind(path).expect("the socket is made");
            thread::spawn(move || {
                for stream in listener.incoming() {
                    pass_on(stream.map(Stream::Unix), &to);
                }
            });
        }
    }
}

/// A failure closes both ends, and shows in the calls that went this way.
fn pass_on(near: io::Result<Stream>, to: &Address) {
    let Ok(near) = near else { return };
    let far = match to {
        Address::Port(port) => TcpStream::connect(("127.0.0.1", *port)).map(Stream::Tcp),
        Address::Socket(path) => UnixStream::connect(path).map(Stream::Unix),
    };
    let (Ok(far), Ok(near_too)) = (far, near.again()) else {
        return;
    };
    let Ok(far_too) = far.again() else { return };
    for (from, to) in [(near, far), (far_too, near_too)] {
        thread::spawn(move || copy(from, to));
    }
}

fn copy(from: Stream, to: Stream) {
    let _ = match (&from, &to) {
        (Stream::Tcp(from), Stream::Tcp(to)) => io::copy(&mut &*from, &mut &*to),
        (Stream::Tcp(from), Stream::Unix(to)) => io::copy(&mut &*from, &mut &*to),
        (Stream::Unix(from), Stream::Tcp(to)) => io::copy(&mut &*from, &mut &*to),
        (Stream::Unix(from), Stream::Unix(to)) => io::copy(&mut &*from, &mut &*to),
    };
    to.end();
}

enum Stream {
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl Stream {
    fn again(&self) -> io::Result<Stream> {
        Ok(match self {
            Stream::Tcp(stream) => Stream::Tcp(stream.try_clone()?),
            Stream::Unix(stream) => Stream::Unix(stream.try_clone()?),
        })
    }

    fn end(&self) {
        let _ = match self {
            Stream::Tcp(stream) => stream.shutdown(Shutdown::Write),
            Stream::Unix(stream) => stream.shutdown(Shutdown::Write),
        };
    }
}
