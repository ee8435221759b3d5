//! One token, kept fresh: the state machine, the cell that runs it, and where tokens come from.

mod cell;
mod endpoint;
mod issuer;
mod jwt;
mod machine;
mod refusal;
mod registry;
mod renew;
mod scope;
mod sharing;
mod value;

pub(crate) use cell::{Cell, Want};
pub(crate) use issuer::Issuer;
pub(crate) use machine::Moment;
pub(crate) use registry::{Key, cell_for};
pub(crate) use renew::Source;
pub(crate) use sharing::Sharing;
pub use value::Token;
pub(crate) use value::fingerprint;
