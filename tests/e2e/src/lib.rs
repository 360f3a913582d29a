//! Runs the real program, as a user or an operator would, and talks to it through the gateway alone.
//!
//! `CANDLEWICK_BIN` names the program; without it, the one of the target folder that this test was built in.

mod balancer;
mod client;
mod cluster;
mod confinement;
mod cpu_groups;
mod installation;
mod leaks;
mod mail;
mod own_servers;
mod process;
mod small_disk;
mod story;
mod stream;
mod tick_file;

pub use client::{Answer, Client, PASSWORD, text};
pub use cluster::Cluster;
pub use confinement::{Confinement, NOBODY};
pub use installation::{Installation, Mode, SECRETS, SERVICES};
pub use leaks::Leaks;
pub use mail::{Mails, token_of};
pub use own_servers::OwnServer;
pub use process::{Program, Usage};
pub use small_disk::SmallDisk;
pub use story::tell_story;
pub use stream::Stream;
pub use tick_file::{append, tick_now};
