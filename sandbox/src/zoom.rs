//! Everything behind the endpoints, shared by all connections.

use crate::account::Account;
use crate::answer::{Answer, HTML};
use crate::api;
use crate::app::App;
use crate::builder::{Builder, Paging};
use crate::churn::Churning;
use crate::clock::Clock;
use crate::concurrency::Concurrency;
use crate::credentials::Credentials;
use crate::fault::Faults;
use crate::journal::Journal;
use crate::lock;
use crate::meetings::Meetings;
use crate::mix::Numbers;
use crate::oauth;
use crate::pages::Pages;
use crate::plan::Meter;
use crate::request::Request;
use crate::tokens::{Killing, Tokens};
use ring::hmac;
use ring::rand::SystemRandom;
use std::sync::Mutex;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

pub(crate) struct Zoom {
    pub(crate) clock: Clock,
    pub(crate) app: Mutex<App>,
    pub(crate) tokens: Mutex<Tokens>,
    pub(crate) account: Account,
    pub(crate) meetings: Meetings,
    pub(crate) participants_per_meeting: u32,
    pub(crate) pages: Pages,
    pub(crate) journal: Journal,
    pub(crate) faults: Faults,
    pub(crate) churning: Churning,
    pub(crate) killing: Killing,
    pub(crate) meter: Meter,
    pub(crate) concurrency: Concurrency,
    /// Accepted since the start.
    pub(crate) connections: AtomicUsize,
    pub(crate) page_token_key: hmac::Key,
    pub(crate) token_lifetime: Duration,
    pub(crate) page_token_lifetime: Duration,
    pub(crate) clock_per_request: Duration,
    pub(crate) page_size_limit: u32,
    pub(crate) paging: Paging,
    pub(crate) gzip: bool,
    seed: u64,
}

impl Zoom {
    pub(crate) fn new(builder: &Builder, credentials: Credentials, url: &str) -> Self {
        let churning = Churning::default();
        churning.set(builder.churn);
        let meter = Meter::default();
        meter.set(builder.plan);
        Self {
            clock: Clock::new(),
            app: Mutex::new(App::new(credentials, url)),
            tokens: Mutex::new(Tokens::new(builder.world)),
            account: Account::new(builder.seed, builder.users),
            meetings: Meetings::new(builder.seed, builder.meetings_per_user),
            participants_per_meeting: builder.participants_per_meeting,
            pages: Pages::new(builder.page_cache),
            journal: Journal::new(builder.observer.clone()),
            faults: Faults::default(),
            churning,
            killing: Killing::default(),
            meter,
            concurrency: Concurrency::default(),
            connections: AtomicUsize::new(0),
            page_token_key: random_key(),
            token_lifetime: builder.token_lifetime,
            page_token_lifetime: builder.page_token_lifetime,
            clock_per_request: builder.clock_per_request,
            page_size_limit: builder.page_size_limit,
            paging: builder.paging,
            gzip: builder.gzip,
            seed: builder.seed,
        }
    }

    /// What Zoom would answer if nothing were wrong with the way there.
    pub(crate) fn answer(&self, request: &Request) -> Answer {
        match (request.method.as_str(), request.path.as_str()) {
            ("POST", "/oauth/token") => oauth::token(self, request),
            ("POST", "/oauth/revoke") => oauth::revoke(self, request),
            (_, "/oauth/token" | "/oauth/revoke") => {
                Answer::new(405, HTML, "").header("allow", "POST")
            }
            (_, path) if is_api(path) => api::answer(self, request),
            _ => Answer::new(
                404,
                HTML,
                "<!DOCTYPE html><title>Page not found</title><h1>This page does not exist (3001).</h1>",
            ),
        }
    }

    /// Disabling ends the life of every token; enabling does not bring one back.
    pub(crate) fn disable_app(&self, disabled: bool) {
        let mut app = lock(&self.app);
        app.disabled = disabled;
        if disabled {
            lock(&self.tokens).kill_all();
        }
    }

    /// Zoom's tracking ID for a request; support asks for it.
    pub(crate) fn tracking_id(&self, number: u64) -> String {
        let mut numbers = Numbers::new(self.seed, number);
        format!(
            "v=2.0;clid=us04;rid=WEB_{:016x}{:016x}",
            numbers.next(),
            numbers.next()
        )
    }
}

pub(crate) fn random_key() -> hmac::Key {
    hmac::Key::generate(hmac::HMAC_SHA256, &SystemRandom::new())
        .expect("the system has random numbers")
}

pub(crate) fn is_token_request(method: &str, path: &str) -> bool {
    method == "POST" && path == "/oauth/token"
}

pub(crate) fn is_api(path: &str) -> bool {
    path.starts_with("/v2/")
}
