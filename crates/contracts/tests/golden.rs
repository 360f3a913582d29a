//! The wire form of every fact and of the tick log, kept in `golden/`. A difference is a decision: a field that is added
//! and optional may be added to the file; anything else is a new version beside the old one.

use contracts::{
    AnyEvent, Envelope, Event, LogBatch, LogEntry, Role,
    events::{
        AlertExpired, AlertFired, AlertNoData, AlertPaused, AssetDisabled, AssetListed, AssetUpdated, CandleClosed,
        FeedDegraded, FeedRecovered, NotificationCreated, NotificationSent, OrderCancelled, OrderExpired, OrderFilled,
        OrderRejected, PortfolioChanged, SessionRevoked, UserDeleted, UserDisabled, UserEnabled, UserMailRequested,
        UserRegistered, UserUpdated, UserWarned,
    },
};
use domain::{AssetId, Price, PriceRange, Quantity, Source, Tick, Timestamp};
use serde_json::Value;

fn golden(file: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("golden")
        .join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Reads a golden envelope as `E` and writes it again: nothing is lost, renamed or reordered in meaning.
fn same<E: Event>(routing_key: &str) {
    let text = golden(&format!("{routing_key}.json"));
    let expected: Value = serde_json::from_str(&text).expect("json");
    let any: AnyEvent = serde_json::from_str(&text).expect("an envelope");
    assert_eq!(any.routing_key(), routing_key);
    let payload: E = any.read().expect("the payload");
    assert_eq!(payload.key(), any.key, "the key of {routing_key}");
    let written = Envelope {
        id: any.id,
        name: E::NAME.to_owned(),
        version: E::VERSION,
        occurred_at: any.occurred_at,
        key: payload.key(),
        seq: any.seq,
        correlation_id: any.correlation_id,
        producer: any.producer.clone(),
        payload,
    };
    assert_eq!(serde_json::to_value(&written).expect("json"), expected, "{routing_key}");
}

macro_rules! golden_facts {
    ($($name:ident: $event:ty = $routing_key:literal,)*) => {
        $(#[test]
        fn $name() {
            same::<$event>($routing_key);
        })*

        #[test]
        fn every_golden_fact_has_its_test() {
            let known = [$($routing_key,)*];
            let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("golden");
            for entry in std::fs::read_dir(folder).expect("the golden files") {
                let name = entry.expect("an entry").file_name().into_string().expect("a name");
                let key = name.trim_end_matches(".json");
                assert!(known.contains(&key) || key.starts_with("log-batch"), "{name} is tested by nobody");
            }
        }
    };
}

golden_facts! {
    user_registered_keeps_its_form: UserRegistered = "user.registered.v1",
    user_updated_keeps_its_form: UserUpdated = "user.updated.v1",
    user_disabled_keeps_its_form: UserDisabled = "user.disabled.v1",
    user_enabled_keeps_its_form: UserEnabled = "user.enabled.v1",
    user_deleted_keeps_its_form: UserDeleted = "user.deleted.v1",
    user_warned_keeps_its_form: UserWarned = "user.warned.v1",
    user_mail_requested_keeps_its_form: UserMailRequested = "user.mail_requested.v1",
    session_revoked_keeps_its_form: SessionRevoked = "session.revoked.v1",
    asset_listed_keeps_its_form: AssetListed = "asset.listed.v1",
    asset_updated_keeps_its_form: AssetUpdated = "asset.updated.v1",
    asset_disabled_keeps_its_form: AssetDisabled = "asset.disabled.v1",
    candle_closed_keeps_its_form: CandleClosed = "candle.closed.v1",
    feed_degraded_keeps_its_form: FeedDegraded = "feed.degraded.v1",
    feed_recovered_keeps_its_form: FeedRecovered = "feed.recovered.v1",
    alert_fired_keeps_its_form: AlertFired = "alert.fired.v1",
    alert_expired_keeps_its_form: AlertExpired = "alert.expired.v1",
    alert_no_data_keeps_its_form: AlertNoData = "alert.no_data.v1",
    alert_paused_keeps_its_form: AlertPaused = "alert.paused.v1",
    order_filled_keeps_its_form: OrderFilled = "order.filled.v1",
    order_rejected_keeps_its_form: OrderRejected = "order.rejected.v1",
    order_expired_keeps_its_form: OrderExpired = "order.expired.v1",
    order_cancelled_keeps_its_form: OrderCancelled = "order.cancelled.v1",
    portfolio_changed_keeps_its_form: PortfolioChanged = "portfolio.changed.v1",
    notification_created_keeps_its_form: NotificationCreated = "notification.created.v1",
    notification_sent_keeps_its_form: NotificationSent = "notification.sent.v1",
}

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis).expect("a time")
}

fn batch() -> LogBatch {
    let price = |text| Price::parse(text).expect("a price");
    let tick = Tick {
        asset: AssetId::parse("bitcoin").expect("an id"),
        seq: 41,
        event_at: at(1_700_000_000_123),
        received_at: at(1_700_000_000_150),
        price: price("0.000000000012"),
        quantity: Some(Quantity::parse("1000000000000000").expect("a quantity")),
        range: Some(PriceRange {
            low: price("0.000000000011"),
            high: price("0.000000000013"),
        }),
        source: Source::CoinGecko,
        is_late: true,
    };
    let bare = Tick {
        seq: 42,
        quantity: None,
        range: None,
        source: Source::Binance,
        is_late: false,
        ..tick.clone()
    };
    LogBatch {
        epoch: 7,
        entries: vec![
            LogEntry::Clock(at(1_700_000_000_000)),
            LogEntry::Tick(tick),
            LogEntry::Tick(bare),
            LogEntry::FeedDown(at(1_700_000_001_000)),
            LogEntry::FeedUp(at(1_700_000_002_000)),
        ],
        feed_position: Some(contracts::FeedPosition {
            feed: "replay:day.csv".to_owned(),
            position: 99,
        }),
    }
}

#[test]
fn the_tick_log_keeps_its_form() {
    let text = golden("log-batch.v1.json");
    let decoded = LogBatch::decode(text.as_bytes()).expect("a batch");
    assert_eq!(decoded, batch());
    let written: Value = serde_json::from_slice(&batch().encode().expect("json")).expect("json");
    assert_eq!(written, serde_json::from_str::<Value>(&text).expect("json"));
}

#[test]
fn reliability_15_a_member_that_a_newer_producer_added_is_ignored() {
    let text = golden("user.deleted.v1.json").replace("\"payload\": {", "\"payload\": {\"added_later\": 1, ");
    let any: AnyEvent = serde_json::from_str(&text).expect("an envelope");
    assert!(any.read::<UserDeleted>().is_ok());
    assert!(
        LogBatch::decode(golden("log-batch.v1.json").replace("\"v\": 1", "\"v\": 2").as_bytes()).is_err(),
        "another version of the log is refused"
    );
}

#[test]
fn roles_are_written_in_lower_case() {
    assert_eq!(serde_json::to_string(&Role::Admin).expect("json"), "\"admin\"");
}
