use std::{collections::HashMap, time::Duration};

use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use domain::{AlertId, AssetId, Clock, Price, Source, SystemClock, Timestamp, UserId};
use messaging::{Outbox, leases};
use test_kit::Database;
use uuid::Uuid;

use super::{
    alerts,
    assets::{self, AssetRow},
    decisions::{self, Commit, Committed, Written, lease_name},
    forgotten,
    jobs::{self, Silence, Term},
    partitions,
};
use crate::domain::{Decision, Firing, TriggerKey};

const PARTITION: u16 = 0;
const HOUR: Duration = Duration::from_secs(3_600);

/// A database with one alert that ran out and fell silent long ago.
async fn with_an_old_alert(now: Timestamp) -> (Database, AlertId) {
    let database = Database::create().await;
    let (id, old) = (AlertId::new(), now.minus(HOUR));
    database
        .execute(&format!(
            "INSERT INTO alerts.alerts (id, user_id, asset_id, partition_id, condition, trigger, cooldown_seconds, expires_at,
                channels, status, memory, armed_no, created_at, updated_at)
             VALUES ('{}', '{}', 'bitcoin', {PARTITION}, '{{}}', '\"once\"', 0, '{old}', '[]', 'armed', '{{}}', 1, '{old}', '{old}')",
            id.uuid(),
            Uuid::now_v7(),
        ))
        .await;
    let mut conn = connect(&database).await;
    partitions::prepare(&mut conn, PARTITION).await.expect("partition");
    (database, id)
}

async fn connect(database: &Database) -> AsyncPgConnection {
    let mut conn = database.connect().await;
    conn.batch_execute("SET search_path TO alerts").await.expect("schema");
    conn
}

async fn begin_term(conn: &mut AsyncPgConnection) -> Term {
    let epoch = leases::acquire(conn, &lease_name(PARTITION), Uuid::now_v7(), Duration::ZERO)
        .await
        .expect("lease")
        .expect("nobody holds it");
    Term {
        partition: PARTITION,
        epoch,
    }
}

fn silence(now: Timestamp) -> Silence {
    Silence {
        silent: vec![AssetId::parse("bitcoin").expect("id")],
        alive: Vec::new(),
        now,
        grace: now,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_27_an_owner_whose_term_is_over_ends_nothing_by_the_clock() {
    let now = SystemClock.now();
    let (database, _) = with_an_old_alert(now).await;
    let outbox = Outbox::new("alerts");
    let mut conn = connect(&database).await;
    let old = begin_term(&mut conn).await;
    // The process of the old term was stopped meanwhile, and does not know that another one has begun.
    let new = begin_term(&mut conn).await;
    let silent = jobs::note_silence(&mut conn, &outbox, old, &silence(now)).await;
    let expired = jobs::expire(&mut conn, &outbox, old, now).await;
    assert_eq!((silent, expired), (Ok(None), Ok(None)));
    assert_eq!(database.number("SELECT count(*) FROM alerts.outbox").await, 0);
    let silent = jobs::note_silence(&mut conn, &outbox, new, &silence(now)).await;
    let expired = jobs::expire(&mut conn, &outbox, new, now).await;
    assert_eq!((silent, expired), (Ok(Some(1)), Ok(Some(1))));
    assert_eq!(database.number("SELECT count(*) FROM alerts.outbox").await, 2);
}

fn fired(alert: AlertId, now: Timestamp) -> Decision {
    Decision::Fired(Firing {
        alert,
        version: 1,
        key: TriggerKey::Seq(7),
        previous: None,
        price: Price::parse("60000").expect("price"),
        value: None,
        previous_value: None,
        source: Source::Kraken,
        event_at: now,
        received_at: now,
        late: false,
        from_candle_range: false,
        suppressed: false,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_commit_says_to_have_written_is_what_was_new() {
    let now = SystemClock.now();
    let (database, alert) = with_an_old_alert(now).await;
    let outbox = Outbox::new("alerts");
    let mut conn = connect(&database).await;
    let term = begin_term(&mut conn).await;
    let deleted = AlertId::new();
    let commit = |offset: Option<u64>| Commit {
        partition: PARTITION,
        epoch: term.epoch,
        offset,
        seen_changes: 1,
        writer_epoch: 1,
        decisions: vec![
            fired(alert, now),
            fired(deleted, now),
            Decision::Paused {
                alert: deleted,
                version: 1,
                at: now,
            },
        ],
        changed: HashMap::new(),
        snapshot: None,
        evaluated_at: now,
        late_after_ms: 1_000,
    };
    let written = Written {
        fired: vec![(now, false)],
        ..Written::default()
    };
    let first = decisions::save(&mut conn, &outbox, &commit(Some(3))).await;
    assert_eq!(first, Ok(Committed::Done(written)));
    let again = decisions::save(&mut conn, &outbox, &commit(Some(3))).await;
    assert_eq!(again, Ok(Committed::Before));
    let known = decisions::save(&mut conn, &outbox, &commit(None)).await;
    assert_eq!(known, Ok(Committed::Done(Written::default())));
}

fn asset(id: &str, symbol: &str, rank: i32, enabled: bool) -> AssetRow {
    AssetRow {
        asset_id: id.to_owned(),
        symbol: symbol.to_owned(),
        name: id.to_owned(),
        rank: Some(rank),
        enabled,
        version: 1,
    }
}

async fn named(conn: &mut AsyncPgConnection, text: &str) -> Option<String> {
    let found = assets::resolve(conn, text).await.expect("resolved");
    found.map(|asset| asset.asset_id)
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_42_an_id_that_looks_like_a_ticker_is_meant_only_where_it_is_written_exactly() {
    let database = Database::create().await;
    let mut conn = connect(&database).await;
    let rows = [asset("btc", "TINY", 900, true), asset("bitcoin", "BTC", 1, true)];
    assets::upsert(&mut conn, &rows).await.expect("assets");
    for (text, id) in [
        ("btc", "btc"),
        ("BTC", "bitcoin"),
        ("Btc", "bitcoin"),
        ("Bitcoin", "bitcoin"),
    ] {
        assert_eq!(named(&mut conn, text).await.as_deref(), Some(id), "{text}");
    }
    // What is no longer offered gives its name away, and is meant only where nothing else is.
    assets::disable(&mut conn, "btc", 2).await.expect("disabled");
    for (text, id) in [("btc", "bitcoin"), ("tiny", "btc")] {
        assert_eq!(named(&mut conn, text).await.as_deref(), Some(id), "{text}");
    }
    assert_eq!(named(&mut conn, "nothing").await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_36_an_alert_that_is_being_made_is_gone_once_its_user_is_forgotten() {
    let now = SystemClock.now();
    let (database, _) = with_an_old_alert(now).await;
    let (mut maker, mut other) = (connect(&database).await, connect(&database).await);
    let (user, has_begun) = (UserId::new(), tokio::sync::Notify::new());
    let making = async {
        maker.batch_execute("BEGIN").await.expect("begun");
        alerts::take_turn(&mut maker, user).await.expect("a turn");
        assert_eq!(forgotten::is_forgotten(&mut maker, user).await, Ok(false));
        has_begun.notify_one();
        database.until_waiting(1).await;
        let made = format!("UPDATE alerts.alerts SET user_id = '{}'; COMMIT", user.uuid());
        maker.batch_execute(&made).await.expect("committed");
    };
    let forgetting = async {
        has_begun.notified().await;
        other.batch_execute("BEGIN").await.expect("begun");
        forgotten::forget(&mut other, user, now).await.expect("forgotten");
        other.batch_execute("COMMIT").await.expect("committed");
    };
    tokio::join!(making, forgetting);
    assert_eq!(database.number("SELECT count(*) FROM alerts.alerts").await, 0);
}
