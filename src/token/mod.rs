//! The access token: when it is asked for, how long it serves, what it may do.

// Both parts are pure; until the code that acts on their decisions is here, only tests call them.
#[allow(dead_code, unused_imports)]
mod machine;
#[allow(dead_code)]
mod scope;
