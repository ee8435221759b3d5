//! The handle that tests hold.

use crate::account::{Mark, TruthUser, UserStatus};
use crate::app::{RoleRefusal, ScopeRefusal, ScopeRefused};
use crate::builder::Builder;
use crate::churn::Churn;
use crate::clock::Clock;
use crate::credentials::Credentials;
use crate::fault::Fault;
use crate::journal::Entry;
use crate::lock;
use crate::permission::Permission;
use crate::plan::Plan;
use crate::running::{Running, Started};
use crate::scenario::{Scenario, ScenarioError};
use crate::zoom::Zoom;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// A running sandbox. Dropping it closes its connections and joins its threads.
///
/// All methods may be called from any thread.
pub struct Sandbox {
    zoom: Arc<Zoom>,
    url: String,
    api_url: String,
    ca_pem: Option<String>,
    credentials: Credentials,
    // Held for its drop.
    _running: Running,
}

impl Sandbox {
    /// Settings to start from.
    pub fn builder() -> Builder {
        Builder::default()
    }

    pub(crate) fn start(builder: &Builder) -> io::Result<Self> {
        let given = builder.credentials.clone();
        let credentials = given.unwrap_or_else(|| Credentials::from_seed(builder.seed));
        let Started {
            running,
            zoom,
            url,
            ca_pem,
        } = Running::start(builder, credentials.clone())?;
        Ok(Self {
            zoom,
            api_url: format!("{url}/v2"),
            url,
            ca_pem,
            credentials,
            _running: running,
        })
    }

    /// The OAuth host, `http://127.0.0.1:PORT`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The base of the API's paths.
    pub fn api_url(&self) -> &str {
        &self.api_url
    }

    /// The credentials it started with; [`env`](Self::env) knows of a rotated secret.
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// The certificate authority to trust, if it speaks TLS.
    pub fn ca_pem(&self) -> Option<&str> {
        self.ca_pem.as_deref()
    }

    /// The environment that leads a client here: current credentials and the two addresses.
    pub fn env(&self) -> Vec<(&'static str, String)> {
        let current = lock(&self.zoom.app).credentials.clone();
        vec![
            ("ZOOM_ACCOUNT_ID", current.account_id),
            ("ZOOM_CLIENT_ID", current.client_id),
            ("ZOOM_CLIENT_SECRET", current.client_secret),
            ("ZOOM_API_KEY", current.api_key),
            ("ZOOM_API_SECRET", current.api_secret),
            ("ZOOM_S2S_OAUTH_URL", self.url.clone()),
            ("ZOOM_S2S_API_URL", self.api_url.clone()),
        ]
    }

    /// The clock by which everything expires.
    pub fn clock(&self) -> &Clock {
        &self.zoom.clock
    }
}

/// What reached "Zoom".
impl Sandbox {
    /// Every request in the order of arrival; the newest 100,000 of them.
    pub fn journal(&self) -> Vec<Entry> {
        self.zoom.journal.entries()
    }

    /// Empties the journal. The counters go on.
    pub fn clear_journal(&self) {
        self.zoom.journal.clear();
    }

    /// How many `POST /oauth/token` came since the start, well or badly answered.
    pub fn token_requests(&self) -> usize {
        self.zoom.journal.counts().token_requests
    }

    /// How many requests under `/v2/` came since the start.
    pub fn api_requests(&self) -> usize {
        self.zoom.journal.counts().api_requests
    }

    /// How many connections were accepted since the start.
    pub fn connections(&self) -> usize {
        self.zoom.connections.load(Ordering::SeqCst)
    }

    /// How many access tokens were issued; the newest has this serial number.
    pub fn tokens_issued(&self) -> u64 {
        lock(&self.zoom.tokens).issued()
    }

    /// The serial numbers of the tokens that are neither expired nor killed.
    pub fn live_tokens(&self) -> Vec<u64> {
        lock(&self.zoom.tokens).live(self.zoom.clock.unix_ms())
    }
}

/// The app and its tokens.
impl Sandbox {
    /// Kills a token; false if it was killed before or never issued.
    pub fn kill_token(&self, serial: u64) -> bool {
        lock(&self.zoom.tokens).kill(serial)
    }

    /// Kills every token.
    pub fn kill_all_tokens(&self) {
        lock(&self.zoom.tokens).kill_all();
    }

    /// Kills every token with each n-th request to the API, which then meets a dead one; 0 for
    /// never. Counts from here.
    pub fn kill_tokens_every(&self, n: u64) {
        self.zoom.killing.every(n);
    }

    /// Rotates the client secret. Tokens issued before live on.
    pub fn set_client_secret(&self, secret: &str) {
        lock(&self.zoom.app).rotate(secret);
    }

    /// Disables the app, which kills its tokens, or enables it again, which brings none back.
    pub fn disable_app(&self, disabled: bool) {
        self.zoom.disable_app(disabled);
    }

    /// Whether the app is a Server-to-Server app; if not, it cannot ask for tokens of that kind.
    pub fn set_server_to_server(&self, server_to_server: bool) {
        lock(&self.zoom.app).server_to_server = server_to_server;
    }

    /// The scopes of tokens issued from now on. With none, the token response has no `scope`, as
    /// Zoom's has just after an app was made, and such a token may do everything.
    pub fn set_scopes(&self, scopes: &[&str]) {
        let scopes = scopes.iter().map(|&scope| scope.to_owned()).collect();
        lock(&self.zoom.app).set_scopes(scopes);
    }

    /// Gives the app one more scope, which tokens issued from now on carry.
    ///
    /// # Errors
    /// There is no such scope, or the role of the one who made the app does not permit it.
    pub fn add_scope(&self, scope: &str) -> Result<(), ScopeRefused> {
        lock(&self.zoom.app).add_scope(scope)
    }

    /// The scopes that tokens now get; none if they are not limited.
    pub fn scopes(&self) -> Vec<String> {
        let scopes = lock(&self.zoom.app).scopes.clone();
        scopes.map_or_else(Vec::new, |scopes| scopes.to_vec())
    }

    /// Sets what the role of the one who made the app grants; at the start
    /// [everything](Permission::ALL).
    ///
    /// The app loses the scopes that this does not allow, and calls with tokens that carry them are
    /// refused. More permissions give the app no scope by themselves.
    pub fn set_role_permissions(&self, permissions: &[Permission]) {
        let role = permissions.iter().copied().collect();
        lock(&self.zoom.app).set_role(role);
    }

    /// Takes permissions from that role, and sets how calls are then refused whose tokens still
    /// carry the scope.
    pub fn downgrade_role(&self, lost: &[Permission], refusal: RoleRefusal) {
        let app = &mut *lock(&self.zoom.app);
        app.role_refusal = refusal;
        let mut role = app.role.clone();
        role.retain(|permission| !lost.contains(permission));
        app.set_role(role);
    }

    /// Sets in which of its forms a missing scope is told.
    pub fn set_scope_refusal(&self, refusal: ScopeRefusal) {
        lock(&self.zoom.app).scope_refusal = refusal;
    }

    /// The `api_url` of token responses from now on; at the start this sandbox's [`url`](Self::url).
    pub fn set_api_url_in_token(&self, url: Option<String>) {
        lock(&self.zoom.app).api_url_in_token = url;
    }
}

/// The account.
impl Sandbox {
    /// Adds a user, who stands last in the list of that status, and returns the email address.
    pub fn add_user(&self, status: UserStatus) -> String {
        self.zoom.account.add(status)
    }

    /// Deletes a user; false if there is none.
    pub fn delete_user(&self, email_or_id: &str) -> bool {
        self.zoom.account.delete(email_or_id)
    }

    /// Limits calls as a plan does from now on, or no longer. What was used before is forgotten.
    pub fn set_plan(&self, plan: Option<Plan>) {
        self.zoom.meter.set(plan);
    }

    /// How many calls may be in the making at the same time; one waits there while a
    /// [latency](Fault::latency) holds it.
    pub fn set_concurrency_limit(&self, limit: Option<usize>) {
        self.zoom.concurrency.limit(limit);
    }

    /// Changes the account after each page of users from now on, or no longer.
    pub fn set_churn(&self, churn: Option<Churn>) {
        self.zoom.churning.set(churn);
    }

    /// This moment, for [`truth_throughout`](Self::truth_throughout) and [`ever`](Self::ever).
    pub fn mark(&self) -> Mark {
        self.zoom.account.mark()
    }

    /// Who has been in the account under this status all the time since the mark, up to now: whom a
    /// listing of that time must have.
    pub fn truth_throughout(
        &self,
        status: UserStatus,
        since: Mark,
    ) -> impl Iterator<Item = TruthUser> + use<> {
        self.zoom.account.truth_throughout(status, since)
    }

    /// Who has been in the account under this status at any time since the mark: whom a listing of
    /// that time may have.
    pub fn ever(&self, status: UserStatus, since: Mark) -> impl Iterator<Item = TruthUser> + use<> {
        self.zoom.account.ever(status, since)
    }

    /// Who is in the account now, in the order of the listing; made one at a time.
    pub fn truth(&self, status: UserStatus) -> impl Iterator<Item = TruthUser> + use<> {
        self.zoom.account.truth(status)
    }
}

/// What goes wrong.
impl Sandbox {
    /// Orders a fault.
    pub fn fault(&self, fault: Fault) {
        self.zoom.faults.add(fault);
    }

    /// Sets everything that a scenario names, and orders its faults.
    ///
    /// # Errors
    /// The clock cannot be moved so, or the app cannot have the scope.
    pub fn play(&self, scenario: Scenario) -> Result<(), ScenarioError> {
        scenario.play(&self.zoom)
    }

    /// Takes back the faults that have not struck yet.
    pub fn clear_faults(&self) {
        self.zoom.faults.clear();
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}
