//! The notifier over HTTP and facts, on a real database.

mod channels;
mod delivery_log;
mod faults;
mod helpers;
mod mails;
mod notifications;
mod preferences;
mod silence;
mod smtp_stub;
mod storm;
