//! What is told to whom, when and in which words: decided here, without database or network.

mod changes;
mod condition;
mod draft;
mod kind;
mod locale;
pub mod mail;
mod plan;
mod preferences;
mod quiet;
mod rate;
mod reasons;
mod schedule;
pub mod seal;
pub mod signing;
pub mod targets;
pub mod text;
mod unsubscribe;
mod warnings;

pub use changes::{
    Changed, Changes, ChannelRules, DiscordChange, NtfyChange, Problem, TelegramChange, WebhookChange, merge, replace,
};
pub use draft::Draft;
pub use kind::{Channel, DeliveryState, Kind, UnknownChannel, UnknownKind, UnknownState};
pub use locale::Locale;
pub use plan::{DISABLED, Fate, Plan, Planned, Recipient, SWITCHED_OFF, UNVERIFIED, plan};
pub use preferences::{Discord, Ntfy, Preferences, StoredSecrets, StoredSettings, Telegram, Webhook};
pub use quiet::{DigestMode, InvalidQuietHours, QuietHours};
pub use rate::{FloodGuard, Verdict};
pub use schedule::Schedule;
pub use unsubscribe::UnsubscribeTokens;
