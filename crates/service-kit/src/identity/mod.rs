//! Who calls: internal tokens between the gateway and the services, and among services.
//!
//! Every service derives the same Ed25519 key pair from the shared secret. A token is good for one audience
//! and 30 seconds; it says whether a user, a service or nobody in particular calls.

mod callers;
mod tokens;

pub use callers::{
    AdminCaller, AlertsCaller, AnyCaller, ReadCaller, ServiceCaller, SessionCaller, TradeCaller, UserCaller,
    remember_caller,
};
pub(crate) use callers::{SeenCaller, caller_of};
pub use contracts::{Role, Scope};
pub use tokens::{Caller, InternalTokens, RefusedToken, UserIdentity, WeakSecret};
