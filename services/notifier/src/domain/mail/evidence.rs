//! What a mail shows below its message: the facts that the notification rests on, and where to go next.

use serde::Serialize;
use serde_json::Value;

use super::{Button, Fact, Item};
use crate::domain::{Kind, Locale, text::clean_line};

/// The fixed words around every mail.
#[derive(Debug, Serialize)]
pub(super) struct Frame {
    why: &'static str,
    stop: &'static str,
}

pub(super) fn frame(locale: Locale) -> Frame {
    Frame {
        why: locale.pick(
            "You get this mail because you have an account at Candlewick.",
            "Vous recevez cet e-mail parce que vous avez un compte Candlewick.",
        ),
        stop: locale.pick("Stop mails like this", "Ne plus recevoir ces e-mails"),
    }
}

/// The members of `data` that a mail shows, with their labels, in order.
const SHOWN: &[(&str, &str, &str)] = &[
    ("price", "Price (USD)", "Prix (USD)"),
    ("previous_price", "Price before (USD)", "Prix précédent (USD)"),
    ("value", "Indicator", "Indicateur"),
    ("previous_value", "Indicator before", "Indicateur avant"),
    ("quantity", "Quantity", "Quantité"),
    ("filled_quantity", "Filled", "Exécuté"),
    ("total", "Total (USD)", "Total (USD)"),
    ("fee", "Fee (USD)", "Frais (USD)"),
    (
        "realized_pnl",
        "Realised profit or loss (USD)",
        "Résultat réalisé (USD)",
    ),
    ("source", "Source", "Source"),
    ("event_at", "Price made at", "Prix établi à"),
    ("received_at", "Received at", "Reçu à"),
    ("evaluated_at", "Decided at", "Évalué à"),
    ("filled_at", "Filled at", "Exécuté à"),
    ("ended_at", "Ended at", "Terminé à"),
    ("expired_at", "Expired at", "Expirée à"),
    ("paused_at", "Paused at", "En pause depuis"),
    ("since", "Since", "Depuis"),
];

pub(super) fn facts(item: &Item, locale: Locale) -> Vec<Fact> {
    SHOWN
        .iter()
        .filter_map(|(member, english, french)| {
            let value = match item.data.get(member)? {
                Value::String(text) => clean_line(text, 100),
                Value::Number(number) => number.to_string(),
                _ => return None,
            };
            Some(Fact {
                label: locale.pick(english, french),
                value,
            })
        })
        .collect()
}

pub(super) fn button(item: &Item, locale: Locale, public_url: &str) -> Button {
    let (path, label) = match item.kind {
        Kind::AlertFired | Kind::AlertExpired | Kind::AlertPaused | Kind::AlertNoData => {
            ("/alerts", locale.pick("Open your alerts", "Ouvrir vos alertes"))
        }
        Kind::OrderFilled | Kind::OrderRejected | Kind::OrderExpired => (
            "/portfolio",
            locale.pick("Open your portfolio", "Ouvrir votre portefeuille"),
        ),
        Kind::FeedDegraded => ("/admin/sources", locale.pick("Open the sources", "Ouvrir les sources")),
        Kind::Security => ("/settings", locale.pick("Open your settings", "Ouvrir vos réglages")),
        Kind::Test | Kind::Digest => (
            "/notifications",
            locale.pick("Open notifications", "Ouvrir les notifications"),
        ),
    };
    Button {
        label,
        url: format!("{public_url}{path}"),
    }
}
