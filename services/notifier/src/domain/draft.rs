//! What a notification says, from the fact that it tells.

use contracts::events::{
    AlertExpired, AlertFired, AlertNoData, AlertPaused, FeedDegraded, FeedRecovered, OrderEnded, OrderFilled, Side,
    Warning,
};
use serde_json::{Value, json};

use super::{Kind, Locale, condition, reasons, text::clean_line, warnings};

/// The longest title.
const TITLE_CHARS: usize = 160;
/// The longest message; a note has at most 500 characters.
const MESSAGE_CHARS: usize = 1_200;

/// A notification before it has an id and an owner.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// What it is about.
    pub kind: Kind,
    /// One line.
    pub title: String,
    /// A sentence or two.
    pub message: String,
    /// The ids of what it is about, and the evidence.
    pub data: Value,
}

impl Draft {
    fn new(kind: Kind, title: &str, message: &str, data: Value) -> Self {
        Self {
            kind,
            title: clean_line(title, TITLE_CHARS),
            message: clean_line(message, MESSAGE_CHARS),
            data,
        }
    }

    /// An alert fired.
    pub fn alert_fired(event: &AlertFired, locale: Locale) -> Self {
        let rule = condition::in_words(&event.condition, locale);
        let (name, symbol) = (clean_line(&event.asset_name, 60), clean_line(event.symbol.as_str(), 32));
        let mut message = match locale {
            Locale::English => format!("{name} ({symbol}) is at {} USD. Your rule: {rule}.", event.price),
            Locale::French => format!("{name} ({symbol}) est à {} USD. Votre règle : {rule}.", event.price),
        };
        if event.late {
            message.push_str(locale.pick(
                " Found late, because prices were missing for a while.",
                " Constaté en retard, car des prix ont manqué un moment.",
            ));
        }
        push_note(&mut message, event.note.as_deref(), locale);
        let mut data = json!({
            "alert_id": event.alert_id, "firing_id": event.firing_id, "alert_version": event.alert_version,
            "asset_id": event.asset_id, "asset_symbol": event.symbol, "asset_name": event.asset_name,
            "condition": event.condition, "note": event.note,
            "previous_price": event.previous_price, "price": event.price, "source": event.source,
            "event_at": event.event_at, "received_at": event.received_at, "evaluated_at": event.evaluated_at,
            "late": event.late, "from_candle_range": event.from_candle_range,
        });
        for (name, value) in [("previous_value", event.previous_value), ("value", event.value)] {
            if let Some(value) = value {
                data[name] = value.into();
            }
        }
        Self::new(Kind::AlertFired, &format!("{symbol}: {rule}"), &message, data)
    }

    /// An alert ran out.
    pub fn alert_expired(event: &AlertExpired, locale: Locale) -> Self {
        let (symbol, rule) = (
            clean_line(event.symbol.as_str(), 32),
            condition::in_words(&event.condition, locale),
        );
        let title = match locale {
            Locale::English => format!("Your alert on {symbol} has expired"),
            Locale::French => format!("Votre alerte sur {symbol} a expiré"),
        };
        let mut message = match locale {
            Locale::English => format!("It is no longer watched, unless you renew it. Its rule: {rule}."),
            Locale::French => format!("Elle n'est plus suivie, sauf si vous la renouvelez. Sa règle : {rule}."),
        };
        push_note(&mut message, event.note.as_deref(), locale);
        let data = json!({
            "alert_id": event.alert_id, "asset_id": event.asset_id, "asset_symbol": event.symbol,
            "condition": event.condition, "note": event.note, "expired_at": event.expired_at,
        });
        Self::new(Kind::AlertExpired, &title, &message, data)
    }

    /// An alert was paused by the storm guard.
    pub fn alert_paused(event: &AlertPaused, locale: Locale) -> Self {
        let (symbol, rule) = (
            clean_line(event.symbol.as_str(), 32),
            condition::in_words(&event.condition, locale),
        );
        let title = match locale {
            Locale::English => format!("Your alert on {symbol} was paused"),
            Locale::French => format!("Votre alerte sur {symbol} a été mise en pause"),
        };
        let message = match locale {
            Locale::English => format!(
                "It fired {} times within a few minutes. Switch it on again when you like. Its rule: {rule}.",
                event.fires
            ),
            Locale::French => format!(
                "Elle s'est déclenchée {} fois en quelques minutes. Réactivez-la quand vous voulez. Sa règle : {rule}.",
                event.fires
            ),
        };
        let data = json!({
            "alert_id": event.alert_id, "asset_id": event.asset_id, "asset_symbol": event.symbol,
            "condition": event.condition, "paused_at": event.paused_at, "fires": event.fires,
        });
        Self::new(Kind::AlertPaused, &title, &message, data)
    }

    /// An alert cannot be judged.
    pub fn alert_no_data(event: &AlertNoData, locale: Locale) -> Self {
        let (symbol, rule) = (
            clean_line(event.symbol.as_str(), 32),
            condition::in_words(&event.condition, locale),
        );
        let since = locale.moment(event.since);
        let title = match locale {
            Locale::English => format!("No prices for your alert on {symbol}"),
            Locale::French => format!("Pas de prix pour votre alerte sur {symbol}"),
        };
        let message = match locale {
            Locale::English => {
                format!("It cannot be judged since {since} and goes on when prices return. Its rule: {rule}.")
            }
            Locale::French => {
                format!("Elle ne peut être évaluée depuis le {since} et reprendra avec les prix. Sa règle : {rule}.")
            }
        };
        let data = json!({
            "alert_id": event.alert_id, "asset_id": event.asset_id, "asset_symbol": event.symbol,
            "condition": event.condition, "since": event.since,
        });
        Self::new(Kind::AlertNoData, &title, &message, data)
    }

    /// An order was filled.
    pub fn order_filled(event: &OrderFilled, locale: Locale) -> Self {
        let symbol = clean_line(event.symbol.as_str(), 32);
        let (quantity, price, total, fee) = (event.quantity, event.price, event.total, event.fee);
        let (title, mut message) = match (locale, event.side) {
            (Locale::English, Side::Buy) => (
                format!("Bought {quantity} {symbol}"),
                format!("At {price} USD each: {total} USD, of which fee {fee} USD."),
            ),
            (Locale::English, Side::Sell) => (
                format!("Sold {quantity} {symbol}"),
                format!("At {price} USD each: {total} USD after a fee of {fee} USD."),
            ),
            (Locale::French, Side::Buy) => (
                format!("Achat de {quantity} {symbol}"),
                format!("À {price} USD l'unité : {total} USD, dont frais {fee} USD."),
            ),
            (Locale::French, Side::Sell) => (
                format!("Vente de {quantity} {symbol}"),
                format!("À {price} USD l'unité : {total} USD après {fee} USD de frais."),
            ),
        };
        if let Some(pnl) = event.realized_pnl {
            message.push_str(&match locale {
                Locale::English => format!(" Realised profit or loss: {pnl} USD."),
                Locale::French => format!(" Résultat réalisé : {pnl} USD."),
            });
        }
        let data = json!({
            "order_id": event.order_id, "trade_id": event.trade_id, "portfolio_id": event.portfolio_id,
            "asset_id": event.asset_id, "asset_symbol": event.symbol, "side": event.side, "order_type": event.order_type,
            "quantity": quantity, "price": price, "total": total, "fee": fee,
            "realized_pnl": event.realized_pnl, "filled_at": event.filled_at,
        });
        Self::new(Kind::OrderFilled, &title, &message, data)
    }

    /// An order was refused after it had been accepted.
    pub fn order_rejected(event: &OrderEnded, locale: Locale) -> Self {
        Self::order_ended(Kind::OrderRejected, event, locale)
    }

    /// An order's time ran out.
    pub fn order_expired(event: &OrderEnded, locale: Locale) -> Self {
        Self::order_ended(Kind::OrderExpired, event, locale)
    }

    fn order_ended(kind: Kind, event: &OrderEnded, locale: Locale) -> Self {
        let symbol = clean_line(event.symbol.as_str(), 32);
        let side = match event.side {
            Side::Buy => locale.pick("buy", "achat"),
            Side::Sell => locale.pick("sell", "vente"),
        };
        let title = match (kind, locale) {
            (Kind::OrderRejected, Locale::English) => format!("Your {side} order for {symbol} was refused"),
            (Kind::OrderRejected, Locale::French) => format!("Votre ordre ({side} {symbol}) a été refusé"),
            (_, Locale::English) => format!("Your {side} order for {symbol} has expired"),
            (_, Locale::French) => format!("Votre ordre ({side} {symbol}) a expiré"),
        };
        let mut message = match locale {
            Locale::English => format!(
                "{} of {} {symbol} had been filled.",
                event.filled_quantity, event.quantity
            ),
            Locale::French => format!("{} sur {} {symbol} exécutés.", event.filled_quantity, event.quantity),
        };
        if let Some(reason) = &event.reason {
            message.push_str(locale.pick(" Reason: ", " Motif : "));
            message.push_str(&clean_line(reasons::in_words(reason, locale), 300));
        }
        let data = json!({
            "order_id": event.order_id, "portfolio_id": event.portfolio_id, "asset_id": event.asset_id,
            "asset_symbol": event.symbol, "side": event.side, "order_type": event.order_type, "quantity": event.quantity,
            "filled_quantity": event.filled_quantity, "reason": event.reason, "ended_at": event.ended_at,
        });
        Self::new(kind, &title, &message, data)
    }

    /// A source of prices is in trouble.
    pub fn feed_degraded(event: &FeedDegraded, locale: Locale) -> Self {
        let title = match locale {
            Locale::English => format!("Price source {} is degraded", event.source),
            Locale::French => format!("La source de prix {} est dégradée", event.source),
        };
        let reason = clean_line(&event.reason, 300);
        let message = match locale {
            Locale::English => format!("Since {}: {reason}", locale.moment(event.since)),
            Locale::French => format!("Depuis le {} : {reason}", locale.moment(event.since)),
        };
        let data = json!({"source": event.source, "state": "degraded", "since": event.since, "reason": reason});
        Self::new(Kind::FeedDegraded, &title, &message, data)
    }

    /// A source of prices is well again; the same kind, told by `data.state`.
    pub fn feed_recovered(event: &FeedRecovered, locale: Locale) -> Self {
        let title = match locale {
            Locale::English => format!("Price source {} has recovered", event.source),
            Locale::French => format!("La source de prix {} est rétablie", event.source),
        };
        let message = match locale {
            Locale::English => format!("It had been degraded since {}.", locale.moment(event.degraded_since)),
            Locale::French => format!("Elle était dégradée depuis le {}.", locale.moment(event.degraded_since)),
        };
        let data = json!({"source": event.source, "state": "recovered", "since": event.degraded_since});
        Self::new(Kind::FeedDegraded, &title, &message, data)
    }

    /// Something happened to the account.
    pub fn security(warning: Warning, locale: Locale) -> Self {
        let (title, message) = warnings::words(warning, locale);
        Self::new(Kind::Security, title, message, json!({"warning": warning}))
    }

    /// The test button.
    pub fn test(locale: Locale) -> Self {
        let title = locale.pick("Test notification", "Notification d'essai");
        let message = locale.pick(
            "This is what a notification from Candlewick looks like here.",
            "Voici à quoi ressemble ici une notification de Candlewick.",
        );
        Self::new(Kind::Test, title, message, json!({}))
    }

    /// One message for `count` notifications.
    pub fn digest(count: usize, locale: Locale) -> Self {
        let title = match locale {
            Locale::English => format!("{count} notifications"),
            Locale::French => format!("{count} notifications regroupées"),
        };
        let message = locale.pick(
            "What happened, newest first.",
            "Ce qui s'est passé, le plus récent d'abord.",
        );
        Self::new(Kind::Digest, &title, message, json!({"count": count}))
    }
}

fn push_note(message: &mut String, note: Option<&str>, locale: Locale) {
    let note = clean_line(note.unwrap_or_default(), 500);
    if !note.is_empty() {
        message.push_str(locale.pick(" Your note: ", " Votre note : "));
        message.push_str(&note);
    }
}

#[cfg(test)]
mod tests {
    use domain::{AlertId, AssetId, FiringId, Price, Source, Symbol, Timestamp, UserId};

    use super::*;

    pub(crate) fn fired(note: Option<&str>) -> AlertFired {
        let at = Timestamp::from_millis(1_700_000_000_000).expect("time");
        AlertFired {
            firing_id: FiringId::new(),
            alert_id: AlertId::new(),
            alert_version: 1,
            user_id: UserId::new(),
            trigger_key: "seq:7".to_owned(),
            asset_id: AssetId::parse("bitcoin").expect("id"),
            symbol: Symbol::parse("BTC").expect("symbol"),
            asset_name: "Bitcoin".to_owned(),
            condition: json!({"type": "above", "price": "70000"}),
            note: note.map(str::to_owned),
            channels: vec!["in_app".to_owned(), "email".to_owned()],
            previous_price: Some(Price::parse("69999").expect("price")),
            price: Price::parse("70001.5").expect("price"),
            source: Source::Coinbase,
            event_at: at,
            received_at: at,
            evaluated_at: at,
            late: false,
            from_candle_range: false,
            previous_value: None,
            value: None,
        }
    }

    #[test]
    fn a_fired_alert_tells_its_price_rule_note_and_ids() {
        let event = fired(Some("sell half"));
        let draft = Draft::alert_fired(&event, Locale::English);
        assert_eq!(draft.title, "BTC: price at or above 70000 USD");
        assert_eq!(
            draft.message,
            "Bitcoin (BTC) is at 70001.5 USD. Your rule: price at or above 70000 USD. Your note: sell half"
        );
        assert_eq!(draft.data["alert_id"], json!(event.alert_id.uuid()));
        assert_eq!(draft.data["firing_id"], json!(event.firing_id.uuid()));
        assert!(
            Draft::alert_fired(&event, Locale::French)
                .message
                .contains("Votre règle : prix supérieur ou égal à 70000 USD")
        );
    }

    #[test]
    fn what_an_indicator_was_is_evidence_where_the_rule_is_about_one() {
        let mut event = fired(None);
        let plain = Draft::alert_fired(&event, Locale::English).data;
        assert!(plain.get("value").is_none() && plain.get("previous_value").is_none());
        (event.previous_value, event.value) = (Some(69.5), Some(71.25));
        let data = Draft::alert_fired(&event, Locale::English).data;
        assert_eq!((&data["previous_value"], &data["value"]), (&json!(69.5), &json!(71.25)));
    }

    #[test]
    fn reliability_34_a_note_cannot_break_the_title_or_the_message_into_lines() {
        let mut event = fired(Some(&format!(
            "x\r\nBcc: evil@example.com\u{202e}{}",
            "y".repeat(10_240)
        )));
        event.asset_name = "Bit\r\ncoin".to_owned();
        let draft = Draft::alert_fired(&event, Locale::English);
        assert!(!draft.title.contains(['\r', '\n']) && !draft.message.contains(['\r', '\n', '\u{202e}']));
        assert!(draft.message.chars().count() <= MESSAGE_CHARS);
    }
}
