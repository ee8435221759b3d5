//! What is odd about a request, for somebody who is about to replace the program that sent it.

use std::collections::VecDeque;

use zoom_s2s_sandbox::{Auth, Entry};

const TOKEN: &str = "/oauth/token";
const DAY: i64 = 86_400;
/// Seconds since 1970 have ten digits until the year 2286.
const MILLISECONDS: i64 = 9_999_999_999;
/// How many listings and clients are kept in mind.
const KEPT: usize = 32;

/// What came before, as far as a later request is odd only because of it.
pub(super) struct Remarks {
    token_lifetime: i64,
    /// The parameters of first pages.
    listings: VecDeque<Listing>,
    /// Who got a token when, and was not refused since.
    tokens: VecDeque<(Option<String>, i64)>,
}

struct Listing {
    path: String,
    user_agent: Option<String>,
    parameters: Vec<(String, String)>,
}

impl Remarks {
    pub(super) fn new(token_lifetime: i64) -> Remarks {
        Remarks {
            token_lifetime,
            listings: VecDeque::new(),
            tokens: VecDeque::new(),
        }
    }

    /// Each is a sentence.
    pub(super) fn on(&mut self, entry: &Entry) -> Vec<String> {
        let mut said = Vec::new();
        if entry.path == TOKEN {
            of_token_request(entry, &mut said);
            said.extend(self.another_token(entry));
        } else {
            of_call(entry, &mut said);
            said.extend(self.lost_parameters(entry));
        }
        if let Some(claims) = &entry.jwt {
            of_jwt(claims, entry.unix_seconds, &mut said);
        }
        said
    }

    /// A program that asks for a token per call works until somebody shares its account.
    fn another_token(&mut self, entry: &Entry) -> Option<String> {
        if entry.status != 200 {
            return None;
        }
        let before = self.forget_token(entry);
        keep(
            &mut self.tokens,
            (entry.user_agent.clone(), entry.unix_seconds),
        );
        let age = entry.unix_seconds.saturating_sub(before?);
        (age >= 0 && age < self.token_lifetime / 2).then(|| {
            format!(
                "another token {age} s after one that is good for {} s: where a new token kills the one \
                 before, programs end each other's tokens this way; keep and share it",
                self.token_lifetime
            )
        })
    }

    fn forget_token(&mut self, entry: &Entry) -> Option<i64> {
        let known = |(agent, _): &(Option<String>, i64)| *agent == entry.user_agent;
        let at = self.tokens.iter().position(known)?;
        self.tokens.remove(at).map(|(_, at)| at)
    }

    /// Zoom wants every parameter of the first page again with each page token.
    fn lost_parameters(&mut self, entry: &Entry) -> Option<String> {
        if entry.status == 401 {
            // It will ask for another token, and is right to.
            self.forget_token(entry);
        }
        let parameters: Vec<_> = entry
            .query
            .iter()
            .filter(|(name, _)| !matches!(&**name, "next_page_token" | "access_token"))
            .cloned()
            .collect();
        if value(&entry.query, "next_page_token")
            .unwrap_or_default()
            .is_empty()
        {
            if entry.method == "GET" && entry.status == 200 {
                let listing = Listing {
                    path: entry.path.clone(),
                    user_agent: entry.user_agent.clone(),
                    parameters,
                };
                keep(&mut self.listings, listing);
            }
            return None;
        }
        let mut nearest: Option<Vec<&str>> = None;
        // The newest first: of several that are equally near, it is most likely that one.
        let same_caller = |listing: &&Listing| {
            listing.path == entry.path && listing.user_agent == entry.user_agent
        };
        for listing in self.listings.iter().rev().filter(same_caller) {
            let lost = listing.parameters.iter();
            let lost = lost.filter(|parameter| !parameters.contains(parameter));
            let lost: Vec<&str> = lost.map(|(name, _)| name.as_str()).collect();
            if nearest
                .as_ref()
                .is_none_or(|nearest| lost.len() < nearest.len())
            {
                nearest = Some(lost);
            }
        }
        let lost = nearest.filter(|lost| !lost.is_empty())?;
        Some(format!(
            "{} of page 1 did not come again: from here on it is another list, silently",
            lost.join(", ")
        ))
    }
}

fn keep<T>(kept: &mut VecDeque<T>, new: T) {
    kept.push_back(new);
    if kept.len() > KEPT {
        kept.pop_front();
    }
}

fn value<'e>(pairs: &'e [(String, String)], name: &str) -> Option<&'e str> {
    let found = pairs.iter().find(|(key, _)| key == name);
    found.map(|(_, value)| value.as_str())
}

fn of_token_request(entry: &Entry, said: &mut Vec<String>) {
    let mut say = |text: &str| said.push(text.to_owned());
    let in_query = |name| value(&entry.query, name).is_some();
    let in_form = |name| value(&entry.form, name).is_some();
    if entry.method != "POST" {
        say("tokens are asked for by POST");
    }
    let only_in_query: Vec<&str> = ["grant_type", "account_id"]
        .into_iter()
        .filter(|name| in_query(name) && !in_form(name))
        .collect();
    if !only_in_query.is_empty() {
        say(&format!(
            "{} only in the query, where proxies write it down and where Zoom has refused it at times: \
             the form in the body is the way",
            only_in_query.join(" and ")
        ));
    }
    if entry.body_len > 0 && entry.form.is_empty() {
        say("a body that is no form: Zoom does not look into it, whatever it holds");
    }
    if in_query("client_secret") || in_form("client_secret") {
        say(
            "the client secret stands beside the other parameters: Zoom takes it in the Basic header only",
        );
    } else if entry.auth != Auth::Basic {
        say("no Basic header with client ID and secret");
    }
    let given = |name| value(&entry.form, name).or_else(|| value(&entry.query, name));
    match given("grant_type") {
        Some("account_credentials") => {}
        None => say("no grant_type, which is account_credentials"),
        Some("client_credentials") => {
            say(
                "grant_type=client_credentials gets a token that the API then refuses: account_credentials",
            );
        }
        Some("authorization_code" | "refresh_token") => {
            say(
                "the grant type of an app that acts for single users: Server-to-Server has account_credentials",
            );
        }
        Some(_) => say("an unknown grant type: account_credentials is the one"),
    }
    if ["account_id", "grant_type"]
        .into_iter()
        .any(|name| given(name).is_some_and(|value| value != value.trim()))
    {
        say("blanks around a value, as if pasted: Zoom takes them as part of it");
    }
    if ["index", "token_index"]
        .into_iter()
        .any(|name| in_query(name) || in_form(name))
    {
        say("index is ignored since tokens live side by side");
    }
}

fn of_call(entry: &Entry, said: &mut Vec<String>) {
    let mut say = |text: &str| said.push(text.to_owned());
    let in_query = |name| value(&entry.query, name);
    if entry.path.starts_with("/v1/") {
        say("version 1 of the API is long gone: /v2/");
    }
    if ["access_token", "jwt", "token"]
        .into_iter()
        .any(|name| in_query(name).is_some())
    {
        say(
            "a token in the query, where every proxy on the way writes it down: Authorization: Bearer",
        );
    }
    if entry.auth == Auth::Jwt || (entry.auth != Auth::Basic && entry.jwt.is_some()) {
        say(
            "a JWT: Zoom's API takes none since 2023-09-08 (code 124); a token of a Server-to-Server app \
             goes into its place",
        );
    } else if entry.auth == Auth::Basic {
        say(
            "client ID and secret at the API: they belong to /oauth/token, and the API wants its token",
        );
    } else if entry.auth == Auth::Bearer && entry.token.is_none() {
        say("a token that this sandbox did not issue");
    }
    if in_query("page_number").is_some() {
        say(
            "page_number is deprecated, and users are missed if the account changes meanwhile: next_page_token",
        );
    }
    let size = in_query("page_size").and_then(|size| size.parse::<u64>().ok());
    if size.is_some_and(|size| size > 300) {
        say("page_size above 300, which is cut down to what Zoom allows for the call");
    }
    if entry.status == 401 && entry.token.is_some() {
        say("its token has died: expired, or killed");
    }
}

fn of_jwt(claims: &zoom_s2s_sandbox::Claims, now: i64, said: &mut Vec<String>) {
    let mut say = |text: &str| said.push(text.to_owned());
    if claims.alg != "HS256" {
        say("a JWT that is not signed by HS256, as those of Zoom's JWT apps were");
    }
    if claims.iss.is_none() {
        say("a JWT without iss, which is the API key");
    }
    match claims.exp {
        None => say("a JWT without exp"),
        Some(exp) if exp > MILLISECONDS => {
            say("exp is in milliseconds, so that the JWT hardly ever expires")
        }
        Some(exp) if exp.saturating_sub(now) > DAY => {
            say(
                "a JWT good for more than a day: perhaps not made by the program but pasted into it",
            );
        }
        Some(exp) if exp <= now => {
            say("the JWT has expired: a pasted one, or a clock that is wrong")
        }
        Some(_) => {}
    }
}
