//! What handlers, consumers and jobs share.

use std::{sync::Arc, time::Duration};

use domain::{SharedClock, Timestamp};
use secrecy::ExposeSecret;
use service_kit::{Context, client::InternalClient, db::Db};
use tokio::{runtime::Handle, sync::Notify};

use crate::{
    channels::{WebSenders, mail::MailTransport},
    config::Config,
    domain::{ChannelRules, FloodGuard, UnsubscribeTokens, mail::Composer, seal::Sealer, targets::TargetPolicy},
    metrics::Metrics,
};

/// The service's own.
pub struct State {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: SharedClock,
    /// The way to other services.
    pub client: InternalClient,
    /// Facts to be told.
    pub outbox: messaging::Outbox,
    /// Where connections live.
    pub runtime: Handle,
    /// The settings.
    pub config: Config,
    /// What users may set.
    pub rules: ChannelRules,
    /// Writes mails.
    pub composer: Composer,
    /// Sends mails.
    pub mailer: Arc<dyn MailTransport>,
    /// Sends everything else.
    pub web: WebSenders,
    /// Seals users' secrets.
    pub sealer: Sealer,
    /// Makes unsubscribe links.
    pub unsubscribe: UnsubscribeTokens,
    /// What is counted.
    pub metrics: Metrics,
    /// There is something to send.
    pub wake: Arc<Wake>,
}

/// Wakes the workers of both lanes.
#[derive(Debug, Default)]
pub struct Wake {
    /// Those who send mails.
    pub mail: Notify,
    /// Those who send requests.
    pub web: Notify,
}

impl Wake {
    /// There may be something for either lane.
    pub fn all(&self) {
        self.mail.notify_one();
        self.web.notify_one();
    }
}

impl State {
    /// Puts the state together.
    pub fn assemble(context: &Context, config: Config) -> anyhow::Result<Self> {
        let secret = &context.secrets.data_secret;
        let unsubscribe = UnsubscribeTokens::new(secret);
        let targets = TargetPolicy {
            allow_private: config.web.allow_private_targets,
        };
        Ok(Self {
            db: context.db()?.clone(),
            clock: context.clock.clone(),
            client: context.client.clone(),
            outbox: context.outbox.clone(),
            runtime: context.runtime.clone(),
            rules: ChannelRules {
                targets,
                discord_hosts: config.web.discord_hosts.clone(),
                has_telegram_bot: !config.web.telegram_bot_token.expose_secret().is_empty(),
            },
            composer: Composer::new(&config.mail_from, &context.public_url, unsubscribe.clone())?,
            mailer: crate::channels::mail::transport(&config)?,
            web: WebSenders::new(&config.web, targets, &context.public_url)?,
            sealer: Sealer::new(secret)?,
            unsubscribe,
            metrics: Metrics::new(&context.registry)?,
            wake: Arc::default(),
            config,
        })
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The flood guard.
    pub fn flood_guard(&self) -> FloodGuard {
        FloodGuard {
            messages: self.config.flood_messages,
            window: Duration::from_secs(self.config.flood_window_seconds),
        }
    }

    /// How long a claim holds.
    pub fn lease(&self) -> Duration {
        Duration::from_secs(self.config.lease_seconds)
    }
}
