//! The gateway over HTTP and WebSockets, with stand-ins of the services behind it.

mod door;
mod helpers;
mod load;
mod passing;
mod private;
mod socket;
mod stream;
mod tokens;
mod users;
