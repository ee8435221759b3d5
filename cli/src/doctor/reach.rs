//! Looking up names and connecting, with a limit in time.

use std::io;
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use super::target::Target;

/// Does `work` for all of them at once, each on a thread that is left alone when its time is over.
pub(super) fn each<T: Send + 'static>(
    targets: &[&Target],
    patience: Duration,
    work: fn(&str, u16, Instant) -> io::Result<T>,
) -> Vec<io::Result<T>> {
    let deadline = Instant::now() + patience;
    let begun: Vec<_> = targets
        .iter()
        .map(|target| {
            let (host, port) = (target.host.clone(), target.port);
            let (tell, told) = mpsc::channel();
            let thread = thread::Builder::new().spawn(move || {
                // Nobody may be waiting any more.
                let _ = tell.send(work(&host, port, deadline));
            });
            thread.map(|_| told)
        })
        .collect();
    begun
        .into_iter()
        .map(|told| {
            let left = deadline.saturating_duration_since(Instant::now());
            told?
                .recv_timeout(left)
                .unwrap_or_else(|_| Err(late(patience)))
        })
        .collect()
}

fn late(patience: Duration) -> io::Error {
    let message = format!("no answer within {} ms", patience.as_millis());
    io::Error::new(io::ErrorKind::TimedOut, message)
}

pub(super) fn look_up(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    let addresses: Vec<SocketAddr> = (host, port).to_socket_addrs()?.collect();
    if addresses.is_empty() {
        return Err(io::Error::other("the name has no address"));
    }
    Ok(addresses)
}

/// Connects as the SDK does: to one address after the other.
pub(super) fn reach(host: &str, port: u16, deadline: Instant) -> io::Result<()> {
    let addresses = look_up(host, port)?;
    let mut last = late(Duration::ZERO);
    for (index, address) in addresses.iter().enumerate() {
        let left = deadline.saturating_duration_since(Instant::now());
        let is_last = index + 1 == addresses.len();
        let share = if is_last { left } else { left / 2 };
        if share.is_zero() {
            break;
        }
        match TcpStream::connect_timeout(address, share) {
            Ok(_) => return Ok(()),
            Err(error) => last = error,
        }
    }
    Err(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_waited_for_too_long() {
        let target = Target {
            host: "a".to_owned(),
            port: 1,
            https: false,
            proxy: None,
        };
        let never = |_: &str, _: u16, _: Instant| -> io::Result<()> {
            loop {
                thread::park();
            }
        };
        let found = each(&[&target], Duration::from_millis(20), never);
        let kinds: Vec<_> = found
            .iter()
            .map(|it| it.as_ref().map_err(io::Error::kind))
            .collect();
        assert_eq!(kinds, [Err(io::ErrorKind::TimedOut)]);
    }
}
