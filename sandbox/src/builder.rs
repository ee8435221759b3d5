//! How a sandbox is set up and started.

use crate::Sandbox;
use crate::churn::Churn;
use crate::credentials::Credentials;
use crate::journal::Entry;
use crate::observer::Observer;
use crate::plan::Plan;
use crate::tokens::World;
use serde::{Deserialize, Serialize};
use std::io;
use std::time::Duration;

const MAX_USERS: u32 = 1_000_000;

/// What a listing sees when the account changes under it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Paging {
    /// A page token is a rank in the list as it is now: a deletion moves the later users up, and
    /// one of them can be skipped.
    #[default]
    Offset,
    /// A page token refers to the list as it was at page one.
    Snapshot,
}

/// Settings of a [`Sandbox`]; see [`Sandbox::builder`].
#[derive(Clone, Debug)]
pub struct Builder {
    pub(crate) users: u32,
    pub(crate) seed: u64,
    pub(crate) world: World,
    pub(crate) token_lifetime: Duration,
    pub(crate) page_size_limit: u32,
    pub(crate) page_token_lifetime: Duration,
    pub(crate) paging: Paging,
    pub(crate) clock_per_request: Duration,
    pub(crate) churn: Option<Churn>,
    pub(crate) plan: Option<Plan>,
    pub(crate) meetings_per_user: u32,
    pub(crate) participants_per_meeting: u32,
    pub(crate) tls: bool,
    pub(crate) gzip: bool,
    pub(crate) page_cache: usize,
    pub(crate) port: u16,
    pub(crate) credentials: Option<Credentials>,
    pub(crate) observer: Option<Observer>,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            users: 100,
            seed: 1,
            world: World::default(),
            token_lifetime: Duration::from_secs(3600),
            page_size_limit: 300,
            page_token_lifetime: Duration::from_secs(15 * 60),
            paging: Paging::default(),
            clock_per_request: Duration::ZERO,
            churn: None,
            plan: None,
            meetings_per_user: 75,
            participants_per_meeting: 75,
            tls: false,
            gzip: true,
            page_cache: 64 << 20,
            port: 0,
            credentials: None,
            observer: None,
        }
    }
}

impl Builder {
    /// How many users the account has at the start over all [statuses](crate::UserStatus::ALL); 100, and
    /// at most 1,000,000.
    #[must_use]
    pub fn users(mut self, users: u32) -> Self {
        self.users = users.min(MAX_USERS);
        self
    }

    /// What users and credentials are made from; 1.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Whether a new token kills the one before; [`World::MultiToken`].
    #[must_use]
    pub fn world(mut self, world: World) -> Self {
        self.world = world;
        self
    }

    /// How long an access token lives; an hour. `expires_in` is this in whole seconds.
    #[must_use]
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.token_lifetime = lifetime;
        self
    }

    /// The largest page; 300, Zoom's API description has 2000. Larger ones are cut down to it.
    #[must_use]
    pub fn page_size_limit(mut self, limit: u32) -> Self {
        self.page_size_limit = limit.max(1);
        self
    }

    /// How long a page token lives; 15 minutes.
    #[must_use]
    pub fn page_token_lifetime(mut self, lifetime: Duration) -> Self {
        self.page_token_lifetime = lifetime;
        self
    }

    /// What a listing sees of changes; [`Paging::Offset`].
    #[must_use]
    pub fn paging(mut self, paging: Paging) -> Self {
        self.paging = paging;
        self
    }

    /// How far each request moves the [clock](Sandbox::clock), so that page tokens and access tokens
    /// die in the middle of a listing that takes no time; not at all.
    #[must_use]
    pub fn clock_per_request(mut self, step: Duration) -> Self {
        self.clock_per_request = step;
        self
    }

    /// How the account changes while it is listed; not at all.
    #[must_use]
    pub fn churn(mut self, churn: Churn) -> Self {
        self.churn = Some(churn);
        self
    }

    /// The plan that limits calls; none.
    #[must_use]
    pub fn plan(mut self, plan: Plan) -> Self {
        self.plan = Some(plan);
        self
    }

    /// How many meetings each user has at the start; 75, and at most 1,000.
    #[must_use]
    pub fn meetings_per_user(mut self, meetings: u32) -> Self {
        self.meetings_per_user = meetings;
        self
    }

    /// How many people were in each past meeting; 75.
    #[must_use]
    pub fn participants_per_meeting(mut self, participants: u32) -> Self {
        self.participants_per_meeting = participants;
        self
    }

    /// Whether to speak TLS, with a certificate of [`Sandbox::ca_pem`]; no.
    #[must_use]
    pub fn tls(mut self, tls: bool) -> Self {
        self.tls = tls;
        self
    }

    /// Whether to compress for clients that accept it; yes.
    #[must_use]
    pub fn gzip(mut self, gzip: bool) -> Self {
        self.gzip = gzip;
        self
    }

    /// How many bytes of rendered pages are kept; 64 MiB, which is 100,000 users, or over 400,000
    /// compressed.
    #[must_use]
    pub fn page_cache(mut self, bytes: usize) -> Self {
        self.page_cache = bytes;
        self
    }

    /// The port on 127.0.0.1; 0, any free one.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// The app's credentials; otherwise they are made from the seed.
    #[must_use]
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// Whom to tell of each request, once, with its entry of the journal as it is when the answer is
    /// ready and not yet sent, or when the client has gone without one. It is called from the
    /// sandbox's threads, which wait for it.
    #[must_use]
    pub fn observer(mut self, told: impl Fn(&Entry) + Send + Sync + 'static) -> Self {
        self.observer = Some(Observer::new(told));
        self
    }

    /// Starts it. It serves from threads of its own until it is dropped.
    ///
    /// # Errors
    /// The port is taken, or the system gives no more threads or sockets.
    pub fn start(self) -> io::Result<Sandbox> {
        Sandbox::start(&self)
    }
}
