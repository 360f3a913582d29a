//! The platform under fire: a seeded market goes on while real processes are killed, frozen and started again, and the
//! database, the broker and the cache with them. Afterwards every alert has fired as a plain model says, each once, with one
//! notification and its mail, every trade that was promised is there once, and the books balance.
//!
//! A short run is part of the tests; `cargo xtask chaos` makes long ones. `CHAOS_SECONDS` and `CHAOS_SEED` choose the run.

mod market;
#[path = "../../../../services/alerts/tests/evaluator/model/mod.rs"]
#[allow(dead_code, reason = "the model knows more conditions than are used here")]
mod model;
mod monkey;
mod traders;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use e2e::{Client, Installation, text};
use market::{Alert, Market};
use monkey::Monkey;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use test_kit::{Figures, eventually_within};
use traders::{Trader, Traders};

/// How long a short run lasts.
const SHORT: u64 = 40;
const USERS: usize = 4;
const ALERTS_OF_EACH: usize = 30;
/// How long everything may take to come to rest after the last fault.
const REST: Duration = Duration::from_secs(120);

fn number(name: &str, default: u64) -> u64 {
    let given = std::env::var(name).ok();
    given.map_or(default, |text| {
        text.parse().unwrap_or_else(|_| panic!("{name} is no number: {text}"))
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_26_nothing_is_lost_or_doubled_under_fire() {
    let (seconds, seed) = (number("CHAOS_SECONDS", SHORT), number("CHAOS_SEED", 1));
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut platform = Installation::with_own_servers().await;
    // So many firings of so few people would end in digests.
    platform.set("NOTIFIER__FLOOD_MESSAGES", "100000");
    let market = Market::open(platform.file("ticks.csv"));
    platform.start(&market.feed()).await;

    let mut users = Vec::new();
    for n in 0..USERS {
        users.push(Client::registered(&platform.url(), &platform.mails(), &format!("User{n}")).await);
    }
    market.is_listed(&users[0].0).await;
    let mut alerts = Vec::new();
    for (owner, (user, _)) in users.iter().enumerate() {
        for _ in 0..ALERTS_OF_EACH {
            let number = alerts.len();
            alerts.push(Alert::create(number, owner, user, &mut random).await);
        }
    }

    let traders = Traders::start(users.iter().map(|(user, _)| user.clone()), seed);
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut monkey = Monkey::new(&mut platform, seed);
    let goes_on = market.go_on(end, ChaCha8Rng::seed_from_u64(seed + 1));
    let (market, ()) = tokio::join!(goes_on, monkey.rage(end));
    let faults = monkey.make_peace().await;
    let traders = traders.finish().await;

    let healed = Instant::now();
    market.is_heard(&users[0].0).await;
    let expected = market.expected(&alerts);
    let told = fired(&users, &alerts, &expected).await;
    assert_eq!(
        told, expected,
        "each alert fired as the model says, each once; seed {seed}"
    );
    let settled = healed.elapsed();
    for (owner, (user, email)) in users.iter().enumerate() {
        let count = of_owner(&expected, &alerts, owner);
        notified(&platform, user, email, count).await;
    }
    for trader in &traders {
        trader.is_in_the_books().await;
    }
    for schema in ["auth", "market_data", "alerts", "portfolio", "notifier"] {
        let query = format!("SELECT count(*) FROM {schema}.outbox");
        eventually_within(REST, &format!("the outbox of {schema} is empty"), async || {
            (platform.count(&query).await == 0).then_some(())
        })
        .await;
    }
    platform.command(&["ledger", "verify"]);
    platform.stop();

    let mut figures = Figures::of("under fire: processes, broker, database and cache killed at random");
    let rows = [
        ("seed", seed as f64, ""),
        ("time under fire", seconds as f64, "s"),
        ("ticks", market.count() as f64, ""),
        ("alerts", alerts.len() as f64, ""),
        (
            "firings, each decided once and told once",
            expected.values().map(Vec::len).sum::<usize>() as f64,
            "",
        ),
        (
            "trades, deposits and withdrawals promised and kept",
            traders.iter().map(Trader::promised).sum::<usize>() as f64,
            "",
        ),
        (
            "from the last fault until every firing was there",
            settled.as_secs_f64(),
            "s",
        ),
    ];
    for (name, value, unit) in rows {
        figures.row(name, value, unit, "");
    }
    for (fault, count) in faults {
        figures.row(&format!("fault: {fault}"), count as f64, "times", "");
    }
    figures.keep_in("chaos-results", "under_fire");
}

/// What an alert told: occasion, price and price before.
type Firings = BTreeMap<usize, Vec<(String, i64, Option<i64>)>>;

fn of_owner(firings: &Firings, alerts: &[Alert], owner: usize) -> usize {
    let own = firings.iter().filter(|(alert, _)| alerts[**alert].owner == owner);
    own.map(|(_, fired)| fired.len()).sum()
}

/// What fired, as the history says, as soon as that is what is expected or the time for it is over.
async fn fired(users: &[(Client, String)], alerts: &[Alert], expected: &Firings) -> Firings {
    let deadline = Instant::now() + REST;
    loop {
        let mut told = Firings::new();
        for (user, _) in users {
            for row in all_pages(user, "/api/alerts/history/").await {
                let id = text(&row["alert_id"]);
                let alert = alerts
                    .iter()
                    .find(|alert| alert.id == id)
                    .expect("an alert of the story");
                let whole = |value: &Value| value.as_str().map(whole);
                let fired = (
                    text(&row["trigger_key"]),
                    whole(&row["price"]).expect("a price"),
                    whole(&row["previous_price"]),
                );
                told.entry(alert.number).or_default().push(fired);
            }
        }
        told.values_mut().for_each(|fired| fired.sort());
        if told == *expected || Instant::now() >= deadline {
            return told;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// A price of this market, all of which are whole.
fn whole(text: &str) -> i64 {
    let digits = text.split('.').next().unwrap_or_default();
    digits
        .parse()
        .unwrap_or_else(|_| panic!("{text} is no price of this market"))
}

async fn all_pages(user: &Client, path: &str) -> Vec<Value> {
    let mut rows = Vec::new();
    let mut cursor = String::new();
    loop {
        let body = user.get(&format!("{path}?limit=200{cursor}")).await.body;
        rows.extend(body["data"].as_array().cloned().unwrap_or_default());
        match body["page"]["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return rows,
        }
    }
}

/// Each firing has one notification, and one mail, which may have come twice with the same Message-ID. Of other things, such
/// as prices that were missing for a while, there may be mails too.
async fn notified(platform: &Installation, user: &Client, email: &str, firings: usize) {
    let what = format!("{email} has heard of {firings} firings");
    eventually_within(REST, &what, async || {
        let rows = all_pages(user, "/api/notifications/").await;
        let fired = rows.iter().filter(|row| row["kind"] == "alert_fired");
        let ids: Vec<&Value> = fired.map(|row| &row["data"]["firing_id"]).collect();
        let mut distinct: Vec<String> = ids.iter().map(|id| text(id)).collect();
        distinct.sort();
        distinct.dedup();
        assert!(distinct.len() == ids.len(), "{email} was told twice of a firing");
        assert!(ids.len() <= firings, "{email} was told of what did not fire");
        (ids.len() == firings).then_some(())
    })
    .await;
    eventually_within(
        REST,
        &format!("{email} has {firings} mails about firings"),
        async || {
            // The mails first: more may be planned meanwhile.
            let mails: BTreeSet<String> = platform.mails().to(email).iter().map(|mail| mail_id(mail)).collect();
            let rows = all_pages(user, "/api/notifications/deliveries/").await;
            let kinds: BTreeMap<String, String> = rows
                .iter()
                .map(|row| (text(&row["id"]), row["kind"].as_str().unwrap_or("account").to_owned()))
                .collect();
            let kind = |id: &String| {
                let kind = kinds.get(id);
                kind.unwrap_or_else(|| panic!("{email} has a mail {id} that nobody planned"))
            };
            let told = mails.iter().filter(|id| kind(id) == "alert_fired").count();
            assert!(told <= firings, "{email} has a mail about what did not fire");
            (told == firings).then_some(())
        },
    )
    .await;
}

/// The delivery that a mail is, as its Message-ID tells.
fn mail_id(mail: &str) -> String {
    let id = mail.lines().find_map(|line| line.strip_prefix("Message-ID: <"));
    let id = id.and_then(|id| id.split_once('@')).map(|(id, _)| id.to_owned());
    id.unwrap_or_else(|| panic!("a mail without a Message-ID:\n{mail}"))
}
