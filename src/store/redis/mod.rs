//! `redis://` — one token for many hosts, kept by a Redis or Valkey server.
//!
//! Two keys for each app, in one slot of a cluster: the token, and the lease of who renews it. Both
//! end by themselves. Time is the server's own. A connection is kept while the next operation follows
//! soon, in a renewal or while waiting for another's: a fleet is idle most of the hour.
//!
//! | operation | commands | round trips |
//! |---|---|---|
//! | load | `GET`, `TIME` | 1 |
//! | try_lock | `SET … NX PX` | 1 |
//! | save | `EVAL` (`GET`, `SET … PX`) | 1 |
//! | unlock | `EVAL` (`GET`, `DEL`) | 1 |
//! | a new connection | `AUTH`, `SELECT` where needed; `CLIENT SETNAME` | 1, and those of TCP and TLS |

mod address;
mod connection;
mod explain;
mod resp;

#[cfg(test)]
mod tests;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use self::address::Address;
use self::connection::{Connection, Kept};
use self::resp::{Commands, Foreign, Reply, Trouble};
use super::url::Options;
use super::{Lease, Reading, Slot, StoreError, TokenStore};
use crate::error::Result;
use crate::transport::{Dialer, Lasting};

/// Keeps a value only for the owner of the lease.
const SAVE: &[u8] = b"if redis.call('GET',KEYS[1])~=ARGV[1] then return 0 end \
    redis.call('SET',KEYS[2],ARGV[2],'PX',ARGV[3]) return 1";

/// Ends the lease of its owner only.
const UNLOCK: &[u8] = b"if redis.call('GET',KEYS[1])~=ARGV[1] then return 0 end \
    return redis.call('DEL',KEYS[1])";

pub(super) struct RedisStore {
    address: Address,
    kept: Kept,
    /// The fingerprint of the value last loaded or saved.
    seen: AtomicU64,
    lasting: Arc<Lasting>,
}

/// Answers without errors among them, and how they were got.
struct Answers {
    replies: Vec<Reply>,
    /// The commands were sent twice, and may have been carried out twice.
    repeated: bool,
    /// Closed if it is not kept.
    connection: Connection,
}

/// Why there are no answers.
struct Failed {
    error: StoreError,
    /// The server answers, but what lies under the key is not what a store puts there.
    is_foreign_value: bool,
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Failed {
        Failed {
            error,
            is_foreign_value: false,
        }
    }
}

impl From<Failed> for StoreError {
    fn from(failed: Failed) -> StoreError {
        failed.error
    }
}

impl RedisStore {
    /// Reads a URL's parts. Nothing is sent yet.
    pub(super) fn new(
        scheme: &str,
        place: &str,
        options: &mut Options,
        lasting: &Arc<Lasting>,
    ) -> Result<RedisStore> {
        Ok(RedisStore {
            address: Address::parse(scheme, place, options)?,
            kept: Kept::default(),
            seen: AtomicU64::new(0),
            lasting: lasting.clone(),
        })
    }

    fn key(&self, slot: &Slot<'_>, what: &str) -> Vec<u8> {
        format!("{}:{{{}}}:{what}", self.address.prefix, slot.key()).into_bytes()
    }

    /// Sends `commands` together, over the kept connection or a new one.
    fn ask(&self, slot: &Slot<'_>, commands: &[&[&[u8]]]) -> Result<Answers, Failed> {
        let dialer = match slot.epoch() {
            Some(epoch) => epoch.dialer().clone(),
            None => Dialer::new(&self.lasting),
        };
        let (deadline, patience) = (slot.deadline(), slot.left());
        let commands = Commands::new(commands);
        let explained = |trouble| Failed {
            error: explain::trouble(&trouble, patience),
            is_foreign_value: matches!(trouble, Trouble::Foreign(Foreign::TooLarge)),
        };
        let mut repeated = false;
        let kept = self.kept.take();
        if let Some(mut kept) = kept
            && kept.resume(&dialer)
        {
            match kept.exchange(&commands, deadline) {
                Ok(replies) => return self.answers(kept, replies, repeated),
                // It may have been closed at any time since its last use; that tells nothing of the
                // server as it is now.
                Err(Trouble::Lost(error)) if error.kind() != std::io::ErrorKind::TimedOut => {
                    repeated = true;
                }
                Err(trouble) => return Err(explained(trouble)),
            }
        }
        let mut fresh = Connection::open(&self.address, &dialer, deadline)?;
        log::debug!(target: crate::LOG, "connected to {}", self.address.name);
        let replies = fresh.exchange(&commands, deadline).map_err(explained)?;
        self.answers(fresh, replies, repeated)
    }

    fn answers(
        &self,
        connection: Connection,
        replies: Vec<Reply>,
        repeated: bool,
    ) -> Result<Answers, Failed> {
        for reply in &replies {
            if let Reply::Error(text) = reply {
                // The connection ends here: after a failover the next one may find the primary.
                let password = self.address.password().ok().flatten();
                return Err(Failed {
                    error: explain::refusal(text, &self.address.prefix, password.as_ref()),
                    is_foreign_value: text.starts_with("WRONGTYPE"),
                });
            }
        }
        Ok(Answers {
            replies,
            repeated,
            connection,
        })
    }

    /// Whether a value is another one than the last that was loaded or saved.
    fn is_news(&self, slot: &Slot<'_>, value: &str) -> bool {
        let mut hasher = DefaultHasher::new();
        (slot.key(), value).hash(&mut hasher);
        let seen = hasher.finish();
        self.seen.swap(seen, Ordering::Relaxed) != seen
    }

    /// Runs a script on lease and token that answers whether the lease was its owner's. The last one
    /// of a renewal closes the connection: nothing is asked for the next hour.
    fn run(
        &self,
        slot: &Slot<'_>,
        script: &[u8],
        lease: &Lease,
        more: &[&[u8]],
        is_last: bool,
    ) -> Result<bool, StoreError> {
        let (lock, token) = (self.key(slot, "lease"), self.key(slot, "token"));
        let mut command = vec![
            b"EVAL",
            script,
            b"2",
            &lock,
            &token,
            lease.owner().as_bytes(),
        ];
        command.extend_from_slice(more);
        let answers = self.ask(slot, &[&command])?;
        let [Reply::Integer(done)] = answers.replies.as_slice() else {
            return Err(explain::unexpected());
        };
        let is_done = *done != 0;
        if !is_last {
            self.kept.put(answers.connection);
        }
        Ok(is_done)
    }
}

impl TokenStore for RedisStore {
    fn name(&self) -> &str {
        &self.address.name
    }

    fn load(&self, slot: &Slot<'_>) -> Result<Reading, StoreError> {
        let token = self.key(slot, "token");
        let mut answers = match self.ask(slot, &[&[b"GET", &token], &[b"TIME"]]) {
            // The next save replaces it.
            Err(failed) if failed.is_foreign_value => {
                log::debug!(target: crate::LOG, "what lies in {} is no token: {}", self.name(), failed.error);
                let mut answers = self.ask(slot, &[&[b"TIME"]])?;
                answers.replies.insert(0, Reply::Null);
                answers
            }
            answers => answers?,
        };
        let now_ms = answers.replies.pop().as_ref().and_then(milliseconds);
        let now_ms = now_ms.ok_or_else(explain::unexpected)?;
        let value = match answers.replies.pop() {
            Some(Reply::Null) => None,
            // What is no text was not saved by us, and is no token.
            Some(Reply::Bulk(bytes)) => String::from_utf8(bytes).ok(),
            _ => return Err(explain::unexpected()),
        };
        // A new value is what was come for, and then nothing is asked for long; without one the lease
        // is asked for next.
        if !value
            .as_ref()
            .is_some_and(|value| self.is_news(slot, value))
        {
            self.kept.put(answers.connection);
        }
        Ok(Reading { value, now_ms })
    }

    fn try_lock(&self, slot: &Slot<'_>, lease: &mut Lease) -> Result<bool, StoreError> {
        let (lock, length) = (self.key(slot, "lease"), in_ms(lease.length()));
        let owner = lease.owner().as_bytes();
        let set: &[&[u8]] = &[b"SET", &lock, owner, b"NX", b"PX", length.as_bytes()];
        let answers = self.ask(slot, &[set])?;
        let got = match answers.replies.as_slice() {
            [Reply::Simple(_)] => true,
            [Reply::Null] => false,
            _ => return Err(explain::unexpected()),
        };
        // Either way the next operation follows soon.
        self.kept.put(answers.connection);
        if got || !answers.repeated {
            return Ok(got);
        }
        // The first sending may have taken it before its connection broke.
        let answers = self.ask(slot, &[&[b"GET", &lock]])?;
        self.kept.put(answers.connection);
        Ok(matches!(answers.replies.as_slice(), [Reply::Bulk(holder)] if holder == owner))
    }

    fn save(
        &self,
        slot: &Slot<'_>,
        lease: &Lease,
        value: &str,
        life: Duration,
    ) -> Result<bool, StoreError> {
        let life = in_ms(life);
        let saving = [value.as_bytes(), life.as_bytes()];
        let is_saved = self.run(slot, SAVE, lease, &saving, false)?;
        if is_saved {
            self.is_news(slot, value);
        }
        Ok(is_saved)
    }

    fn unlock(&self, slot: &Slot<'_>, lease: &mut Lease) -> Result<(), StoreError> {
        self.run(slot, UNLOCK, lease, &[], true).map(drop)
    }
}

/// Redis takes no time of zero, and none that its clock cannot hold.
fn in_ms(length: Duration) -> String {
    length.as_millis().clamp(1, 1 << 42).to_string()
}

/// What `TIME` answers: seconds and microseconds.
fn milliseconds(reply: &Reply) -> Option<u64> {
    let Reply::Array(parts) = reply else {
        return None;
    };
    let [Reply::Bulk(seconds), Reply::Bulk(micros)] = parts.as_slice() else {
        return None;
    };
    let number = |digits: &[u8]| std::str::from_utf8(digits).ok()?.parse::<u64>().ok();
    let whole = number(seconds)?.checked_mul(1000)?;
    whole.checked_add(number(micros)? / 1000)
}
