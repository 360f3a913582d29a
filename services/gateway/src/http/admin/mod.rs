//! What administrators see of all services at once.

mod dead_letters;
mod stats;
mod system;
mod users;

pub(super) use dead_letters::{list_dead_letters, replay_dead_letter};
pub(super) use stats::read_stats;
pub(super) use system::read_system;
pub(super) use users::{get_user, list_users};
