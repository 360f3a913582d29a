//! Clocks that are wrong, of this service and of the one whose prices it reads.

use std::time::Duration;

use domain::{Clock, Interval, Timestamp};
use serde_json::{Value, json};

use crate::helpers::{App, User};

const MINUTES: i64 = 60_000;

/// By how much a clock is wrong, from the middle of the story on or all the time.
#[derive(Debug, Clone, Copy)]
struct Skew {
    before: i64,
    behind: i64,
}

const RIGHT: Skew = Skew { before: 0, behind: 0 };

/// What fired: by which alert, on which occasion, at which price, and whether its owner was told.
type Fired = Vec<(String, String, String, String, bool)>;

fn alerts() -> Vec<Value> {
    let watch = |condition: Value, trigger: Value, cooldown: i64, note: &str| json!({"symbol": "BTC", "condition": condition, "trigger": trigger, "cooldown_seconds": cooldown, "note": note});
    let level = |kind: &str, price: &str| json!({"type": kind, "price": price});
    vec![
        watch(level("above", "61000"), json!("once"), 0, "once"),
        watch(level("crosses", "60500"), json!("every_time"), 0, "crosses"),
        watch(level("crosses_above", "60500"), json!("every_time"), 90, "cooling"),
        watch(level("above", "60400"), json!("once_per_minute"), 0, "a minute"),
        watch(
            level("below", "60400"),
            json!({"once_per_bar_close": "1m"}),
            0,
            "closed",
        ),
        watch(
            json!({"type": "change_pct", "direction": "up", "percent": 1, "window": "5m"}),
            json!("every_time"),
            0,
            "move",
        ),
    ]
}

/// The same nine minutes of prices, under a wrong clock of this service or of market-data.
async fn fired_under(own: Skew, of_market: Skew) -> Fired {
    let app = App::start().await;
    let begin = Interval::M5.bucket_start(app.clock.now());
    let moved = |by: i64| Timestamp::from_millis(begin.millis() + by).expect("time");
    let ana = app.user();
    let steps: i64 = 28;
    for step in 0..steps {
        let at = step * 20_000 + 1_000;
        let pick = |skew: Skew| if step < steps / 2 { skew.before } else { skew.behind };
        app.clock.set(moved(at + pick(own)));
        let price = ["60000", "60450", "60700", "61100", "60300"][usize::try_from(step * 3 % 5).expect("small")];
        let mut tick = app.next_tick("bitcoin", price);
        tick.event_at = moved(at);
        tick.received_at = moved(at + pick(of_market));
        app.append(&tick).await;
        if step == 0 {
            for body in alerts() {
                ana.create(body).await;
            }
        }
        // What is received under one clock is decided before it jumps.
        if step + 1 == steps / 2 || step + 1 == steps {
            app.decided("bitcoin", step + 1).await;
        }
    }
    told(&ana).await
}

async fn told(user: &User<'_>) -> Fired {
    let (_, answer) = user.get("/api/alerts/?limit=200").await;
    let alerts = answer["data"].as_array().expect("alerts").clone();
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let note_of = |id: &Value| {
        let alert = alerts.iter().find(|alert| alert["id"] == *id).expect("its alert");
        text(&alert["note"])
    };
    let rows = user.history().await;
    let row = |row: &Value| {
        let suppressed = row["suppressed"].as_bool().expect("a boolean");
        let [key, price, at] = ["trigger_key", "price", "event_at"].map(|name| text(&row[name]));
        (note_of(&row["alert_id"]), key, price, at, suppressed)
    };
    let mut fired: Fired = rows.iter().map(row).collect();
    fired.sort();
    fired
}

/// The minutes of the story differ between runs; what is left are its own.
fn relative(fired: Fired) -> Fired {
    let millis = |text: &str| Timestamp::parse(text).expect("time").millis();
    let begin = fired.iter().map(|row| millis(&row.3)).min().unwrap_or(0);
    let key = |key: &str| match key.rsplit_once(':') {
        Some(("seq", _)) | None => key.to_owned(),
        Some((bar, start)) => format!("{bar}:{}", start.parse::<i64>().expect("a time") - begin),
    };
    let row = |(note, of, price, at, suppressed): (String, String, String, String, bool)| {
        (note, key(&of), price, (millis(&at) - begin).to_string(), suppressed)
    };
    fired.into_iter().map(row).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_31_a_wrong_clock_here_or_where_prices_are_received_changes_nothing_that_fires() {
    let skews = [
        Skew {
            before: 5 * MINUTES,
            behind: 5 * MINUTES,
        },
        Skew {
            before: -5 * MINUTES,
            behind: -5 * MINUTES,
        },
        Skew {
            before: 0,
            behind: -60 * MINUTES,
        },
    ];
    let runs = skews.iter().flat_map(|skew| [(*skew, RIGHT), (RIGHT, *skew)]);
    let expected = relative(fired_under(RIGHT, RIGHT).await);
    assert!(expected.len() > 15, "{expected:?}");
    let told = futures_util::future::join_all(
        runs.map(async |(own, of_market)| (own, of_market, relative(fired_under(own, of_market).await))),
    )
    .await;
    for (own, of_market, fired) in told {
        assert_eq!(fired, expected, "own clock {own:?}, market-data's {of_market:?}");
    }
}

/// Waits until the owner of Bitcoin's partition has looked after what goes by the clock: an alert of its ran out.
async fn housekeeping(app: &App, user: &User<'_>) {
    let soon = app.clock.now().plus(Duration::from_secs(1));
    let body = json!({"symbol": "BTC", "condition": {"type": "above", "price": "99000"}, "expires_at": soon});
    let id = user.create(body).await;
    app.clock.advance(Duration::from_secs(3));
    user.wait_for_status(&id, "expired").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_31_an_asset_whose_prices_come_is_not_silent_whatever_the_clocks_show() {
    for skew in [-60 * MINUTES, -5 * MINUTES, 5 * MINUTES] {
        let app = App::start().await;
        let ana = app.user();
        let tick = async || {
            let mut tick = app.next_tick("bitcoin", "60000");
            tick.received_at = Timestamp::from_millis(tick.received_at.millis() + skew).expect("time");
            app.append(&tick).await;
        };
        tick().await;
        let id = ana
            .create(json!({"symbol": "BTC", "condition": {"type": "above", "price": "61000"}}))
            .await;
        app.clock.advance(Duration::from_secs(50));
        tick().await;
        app.decided("bitcoin", 2).await;
        app.clock.advance(Duration::from_secs(50));
        // The second time shows that the first was seen through.
        housekeeping(&app, &ana).await;
        housekeeping(&app, &ana).await;
        assert_eq!(ana.alert(&id).await["status"], "armed", "{skew} ms");
        app.clock.advance(Duration::from_secs(60));
        ana.wait_for_status(&id, "no_data").await;
    }
}
