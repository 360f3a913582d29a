//! The gateway over HTTP and WebSockets, with stand-ins of the services behind it.

mod helpers;
mod private;
mod socket;
mod stream;
