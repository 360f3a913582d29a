//! Which deliveries a notification gets, and when.

use domain::Timestamp;

use super::{Channel, Kind, Preferences, quiet};

/// What is known of a user when a notification is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// Proved to read the address.
    pub email_verified: bool,
    /// May sign in.
    pub is_active: bool,
}

/// One planned delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The way.
    pub channel: Channel,
    /// What is to happen.
    pub fate: Fate,
}

/// What is to happen to a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// Send it at once.
    Now,
    /// Hold it for a digest that goes out then.
    Hold(Timestamp),
    /// Don't; the user reads why.
    Suppress(&'static str),
}

/// A notification's way to its owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// It stands in the list of the web app.
    pub in_app: bool,
    /// What else goes out.
    pub deliveries: Vec<Planned>,
}

/// The address is nobody's proven own.
pub const UNVERIFIED: &str = "the e-mail address is not verified";
/// The account was shut.
pub const DISABLED: &str = "the account is disabled";
/// The user switched the channel off.
pub const SWITCHED_OFF: &str = "the channel is switched off";

/// Plans a notification. `wanted` are the channels that an alert names; `None` means all that are switched on.
/// A `recipient` that is not known yet is looked at again when the mail goes out.
pub fn plan(
    kind: Kind,
    wanted: Option<&[Channel]>,
    preferences: &Preferences,
    recipient: Option<&Recipient>,
    now: Timestamp,
) -> Plan {
    if kind == Kind::Security {
        return Plan {
            in_app: true,
            deliveries: vec![Planned {
                channel: Channel::Email,
                fate: Fate::Now,
            }],
        };
    }
    let enabled = preferences.enabled_channels();
    let channels = wanted.unwrap_or(&enabled);
    let mut plan = Plan {
        in_app: false,
        deliveries: Vec::new(),
    };
    for channel in channels.iter().copied() {
        if channel == Channel::InApp {
            plan.in_app = preferences.in_app;
        } else if !plan.deliveries.iter().any(|known| known.channel == channel) {
            plan.deliveries.push(Planned {
                channel,
                fate: fate(kind, channel, preferences, recipient, now),
            });
        }
    }
    plan
}

fn fate(
    kind: Kind,
    channel: Channel,
    preferences: &Preferences,
    recipient: Option<&Recipient>,
    now: Timestamp,
) -> Fate {
    if !preferences.is_enabled(channel) {
        return Fate::Suppress(SWITCHED_OFF);
    }
    if recipient.is_some_and(|recipient| !recipient.is_active) {
        return Fate::Suppress(DISABLED);
    }
    let is_unverified = recipient.is_some_and(|recipient| !recipient.email_verified);
    if channel == Channel::Email && is_unverified && !kind.goes_to_unverified_addresses() {
        return Fate::Suppress(UNVERIFIED);
    }
    if kind.is_urgent() || !channel.is_for_people() {
        return Fate::Now;
    }
    let mode = if channel == Channel::Email {
        preferences.digest
    } else {
        super::DigestMode::Off
    };
    quiet::hold_until(mode, preferences.quiet_hours.as_ref(), now).map_or(Fate::Now, Fate::Hold)
}

#[cfg(test)]
mod tests {
    use super::{super::DigestMode, *};

    fn now() -> Timestamp {
        Timestamp::parse("2026-01-10T23:00:00Z").expect("time")
    }

    fn verified() -> Recipient {
        Recipient {
            email_verified: true,
            is_active: true,
        }
    }

    #[test]
    fn an_alert_goes_where_it_says_if_that_is_switched_on() {
        let wanted = [Channel::InApp, Channel::Email, Channel::Webhook];
        let plan = plan(
            Kind::AlertFired,
            Some(&wanted),
            &Preferences::default(),
            Some(&verified()),
            now(),
        );
        assert!(plan.in_app);
        assert_eq!(
            plan.deliveries[0],
            Planned {
                channel: Channel::Email,
                fate: Fate::Now
            }
        );
        assert_eq!(
            plan.deliveries[1],
            Planned {
                channel: Channel::Webhook,
                fate: Fate::Suppress(SWITCHED_OFF)
            }
        );
    }

    #[test]
    fn alert_mails_go_to_verified_addresses_only_and_security_mails_to_all() {
        let stranger = Recipient {
            email_verified: false,
            is_active: true,
        };
        let fate = |kind| {
            plan(kind, None, &Preferences::default(), Some(&stranger), now()).deliveries[0]
                .fate
                .clone()
        };
        assert_eq!(fate(Kind::AlertFired), Fate::Suppress(UNVERIFIED));
        assert_eq!(fate(Kind::Security), Fate::Now);
    }

    #[test]
    fn quiet_hours_and_digests_hold_mails_but_never_security() {
        let preferences = Preferences {
            quiet_hours: super::super::QuietHours::parse("22:00", "07:00", "UTC").ok(),
            digest: DigestMode::Hourly,
            ..Preferences::default()
        };
        let fate = |kind| {
            plan(kind, None, &preferences, Some(&verified()), now()).deliveries[0]
                .fate
                .clone()
        };
        assert_eq!(
            fate(Kind::OrderFilled),
            Fate::Hold(Timestamp::parse("2026-01-11T07:00:00Z").expect("time"))
        );
        assert_eq!(fate(Kind::Security), Fate::Now);
    }
}
