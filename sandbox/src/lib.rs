//! Zoom on loopback: the token endpoint and the API of an account that does not exist.
//!
//! For tests, and for trying a client without an account. It behaves as Zoom's documents and its
//! users tell, in both worlds of access tokens, and can be made to misbehave.
//!
//! ```
//! use zoom_s2s_sandbox::{Sandbox, UserStatus};
//!
//! let sandbox = Sandbox::builder().users(1_000).seed(7).start()?;
//! println!("POST {}/oauth/token as {:?}", sandbox.url(), sandbox.credentials());
//! println!("GET {}/users", sandbox.api_url());
//! assert_eq!(sandbox.truth(UserStatus::Active).count(), 900);
//! assert_eq!(sandbox.token_requests(), 0);
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! Users are listed, read, created, changed and deleted; meetings of a user, participants of a past
//! meeting, roles and the dashboard's meetings are there for clients that are not only about users.
//! The app carries [scopes](Sandbox::add_scope) that the role of its maker
//! [permits](Sandbox::set_role_permissions), a [plan](Plan) may limit calls, the account may
//! [change](Churn) under a listing, and a [fault](Fault) may strike any request.
//!
//! It runs in threads of its own, so that blocking clients in the same process can use it, and
//! stops when it is dropped. Other processes steer it over the [control endpoint](control).

#![forbid(unsafe_code)]

mod account;
mod answer;
mod api;
mod app;
mod builder;
mod caller;
mod churn;
mod clock;
mod concurrency;
pub mod control;
mod credentials;
mod date;
mod fault;
mod gzip;
mod journal;
mod jwt;
mod meetings;
mod mix;
mod oauth;
mod observer;
mod orders;
mod page_token;
mod pages;
mod permission;
mod plan;
mod rate_limit;
mod request;
mod running;
mod sandbox;
mod scenario;
mod server;
mod tls;
mod tokens;
mod wire;
mod zoom;

pub use account::{Mark, TruthUser, UserStatus};
pub use app::{RoleRefusal, ScopeRefusal, ScopeRefused};
pub use builder::{Builder, Paging};
pub use caller::Auth;
pub use churn::Churn;
pub use clock::Clock;
pub use credentials::Credentials;
pub use date::iso_date;
pub use fault::{DeadToken, Fault};
pub use journal::Entry;
pub use jwt::Claims;
pub use permission::Permission;
pub use plan::Plan;
pub use rate_limit::RateLimit;
pub use sandbox::Sandbox;
pub use scenario::{Scenario, ScenarioError};
pub use tokens::World;
pub use wire::Cut;

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks even after a panic elsewhere: what the sandbox's locks guard is never left half changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
