//! Every fact there is, by context.

mod alert;
mod market;
mod order;
mod user;

pub use alert::{AlertExpired, AlertFired, AlertNoData, AlertPaused, NotificationCreated, NotificationSent};
pub use market::{AssetDisabled, AssetFacts, AssetListed, AssetUpdated, CandleClosed, FeedDegraded, FeedRecovered};
pub use order::{OrderCancelled, OrderEnded, OrderExpired, OrderFilled, OrderRejected, PortfolioChanged, Side};
pub use user::{
    MailKind, SessionRevoked, UserDeleted, UserDisabled, UserEnabled, UserFacts, UserMailRequested, UserRegistered,
    UserUpdated, UserWarned, Warning,
};

macro_rules! event {
    ($type:ty, $name:literal, $version:literal, $reach:ident, |$event:ident| $key:expr) => {
        impl crate::Event for $type {
            const NAME: &'static str = $name;
            const VERSION: u16 = $version;
            const REACH: crate::Reach = crate::Reach::$reach;
            fn key(&self) -> String {
                let $event = self;
                $key
            }
        }
    };
}
use event;
