//! What both brokers promise, shown on both.

/// Makes a test for each broker of each of these functions.
macro_rules! on_both {
    ($($name:ident),* $(,)?) => {
        mod in_process {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name(super::Kind::Memory).await;
            })*
        }
        mod rabbitmq {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name(super::Kind::Rabbit).await;
            })*
        }
    };
}

mod crashes;
mod delivery;
mod floods;
mod leases;
mod lines;
mod log;
mod node;
mod outage;
mod platform;
mod process;
mod raw;
mod refusals;
mod replicas;
mod subscriptions;
