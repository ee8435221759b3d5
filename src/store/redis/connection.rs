//! One connection to the server, and the one that is kept between operations.

use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;

use super::address::Address;
use super::explain;
use super::resp::{Commands, Foreign, Reader, Reply, Trouble};
use crate::fork;
use crate::secret::Secret;
use crate::store::StoreError;
use crate::transport::{Dialer, Stream};

/// Longest time for name, connection, TLS and login together: a call that wants a token should find
/// out soon that it must go without the store.
const OPENING: Duration = Duration::from_secs(1);

/// How old a kept connection may be when it is used again. Processes that hold or wait for the lease
/// ask many times a second.
const KEEP: Duration = Duration::from_secs(10);

pub(super) struct Connection {
    stream: Stream,
    reader: Reader,
    generation: u64,
    used: Instant,
}

impl Connection {
    /// Connects, logs in and chooses the database.
    pub(super) fn open(
        address: &Address,
        dialer: &Dialer,
        deadline: Instant,
    ) -> Result<Connection, StoreError> {
        let password = address.password()?;
        let start = Instant::now();
        let deadline = deadline.min(start + OPENING);
        let stream = dialer
            .connect_to(&address.place, deadline, explain::handshake)
            .map_err(|error| explain::unreachable(&error))?;
        let mut connection = Connection {
            stream,
            reader: Reader::default(),
            generation: fork::generation(),
            used: start,
        };
        connection.log_in(address, password.as_ref(), deadline)?;
        Ok(connection)
    }

    fn log_in(
        &mut self,
        address: &Address,
        password: Option<&Secret>,
        deadline: Instant,
    ) -> Result<(), StoreError> {
        let patience = deadline.saturating_duration_since(Instant::now());
        let refusal = |text: &str| explain::refusal(text, &address.prefix, password);
        let password = password.map(|password| password.expose().as_bytes());
        let user = address.user.as_ref().map(String::as_bytes);
        let login = [
            &b"AUTH"[..],
            user.unwrap_or_default(),
            password.unwrap_or_default(),
        ];
        let old_login = [&b"AUTH"[..], password.unwrap_or_default()];
        let db = address.db.to_string();
        let choice = [&b"SELECT"[..], db.as_bytes()];
        // For those who look at the server's CLIENT LIST.
        let mut commands: Vec<&[&[u8]]> = vec![&[b"CLIENT", b"SETNAME", b"zoom-s2s"]];
        if address.db > 0 {
            commands.insert(0, &choice);
        }
        match (user, password) {
            (Some(_), Some(_)) => commands.insert(0, &login),
            (None, Some(_)) => commands.insert(0, &old_login),
            _ => {}
        }
        let replies = self
            .exchange(&Commands::new(&commands), deadline)
            .map_err(|trouble| explain::trouble(&trouble, patience))?;
        let last = replies.len().saturating_sub(1);
        for (index, reply) in replies.iter().enumerate() {
            match reply {
                Reply::Simple(_) => {}
                // The name is a nicety: its user may have no right to it, a server may not know it.
                Reply::Error(text)
                    if index == last
                        && (text.starts_with("NOPERM") || text.starts_with("ERR unknown")) => {}
                Reply::Error(text) => return Err(refusal(text)),
                _ => return Err(explain::unexpected()),
            }
        }
        Ok(())
    }

    /// Makes a connection that was kept ready for use in this call; `false` if it has ended.
    pub(super) fn resume(&mut self, dialer: &Dialer) -> bool {
        self.used.elapsed() < KEEP && dialer.resume(&mut self.stream)
    }

    /// Sends `commands` in one go and waits for their answers.
    pub(super) fn exchange(
        &mut self,
        commands: &Commands,
        deadline: Instant,
    ) -> Result<Vec<Reply>, Trouble> {
        self.stream.set_deadline(deadline);
        self.stream.send(commands.bytes()).map_err(Trouble::Lost)?;
        let (stream, reader) = (&mut self.stream, &mut self.reader);
        let mut receive = |buffer: &mut [u8]| stream.receive(buffer);
        let replies = (0..commands.count()).map(|_| reader.reply(&mut receive));
        let replies = replies.collect::<Result<_, _>>()?;
        if !reader.is_empty() {
            // What came unasked would be taken for the answer to the next question.
            return Err(Trouble::Foreign(Foreign::Garbage));
        }
        self.used = Instant::now();
        Ok(replies)
    }
}

/// Where a connection waits for the next operation. Lock-free: a forked child must not wait for a
/// lock that a thread of its parent held.
#[derive(Default)]
pub(super) struct Kept(ArcSwapOption<Connection>);

impl Kept {
    /// The connection, if there is one that belongs to this process.
    pub(super) fn take(&self) -> Option<Connection> {
        let kept = self.0.swap(None)?;
        if kept.generation != fork::generation() {
            // The parent goes on using it: not to be closed, nor to be told goodbye. The server sees it
            // open until the last process that has it ends, so it is kept for a renewal only.
            std::mem::forget(kept);
            return None;
        }
        Arc::into_inner(kept)
    }

    /// Keeps a connection on which every question was answered.
    pub(super) fn put(&self, connection: Connection) {
        // One that another thread kept meanwhile is closed. It is of this process: whoever puts has
        // taken before.
        self.0.store(Some(Arc::new(connection)));
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        drop(self.take());
    }
}
