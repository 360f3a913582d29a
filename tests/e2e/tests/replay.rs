//! A recorded day goes in; candles, firings and balances come out, the same however the platform runs.

mod day;

use std::fmt::Write;

use day::{Day, MINUTE_MS, Outcome, run};
use e2e::Mode;

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_ends_the_same_on_the_standalone_and_on_six_processes() {
    let day = synthetic();
    let (standalone, distributed): (Outcome, Outcome) = (
        run(Mode::Standalone, &day, false).await,
        run(Mode::Distributed, &day, false).await,
    );
    assert!(!standalone.firings.is_empty(), "something fired");
    assert_eq!(standalone, distributed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_that_is_killed_in_the_middle_ends_as_if_it_had_not_been() {
    let day = synthetic();
    let (whole, broken) = (
        run(Mode::Standalone, &day, false).await,
        run(Mode::Standalone, &day, true).await,
    );
    assert_eq!(whole, broken);
}

/// Three hours of three assets that wander, made by a small generator of our own: the same at each call.
fn synthetic() -> Day {
    let start_ms = 1_700_000_000_000 / MINUTE_MS * MINUTE_MS;
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = move || {
        // Xorshift: no need for good randomness here, only for the same one everywhere.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let mut prices = [("AAA", 10_000_000_u64), ("BBB", 250_000), ("CCC", 7_300)];
    let mut lines = String::new();
    let mut at = start_ms;
    let end = start_ms + 180 * MINUTE_MS;
    while at < end {
        at += i64::try_from(random() % 7_000).expect("small");
        let (symbol, cents) = &mut prices[usize::try_from(random() % 3).expect("small")];
        let step = *cents * (random() % 41) / 10_000;
        *cents = if random() % 2 == 0 {
            *cents + step
        } else {
            *cents - step
        };
        // A quiet spell of CCC in every hour: its candles are filled.
        if *symbol == "CCC" && (at / MINUTE_MS) % 60 < 10 {
            continue;
        }
        writeln!(
            lines,
            "{at},{symbol},{}.{:02},0.{:03}",
            *cents / 100,
            *cents % 100,
            random() % 1_000
        )
        .expect("a line");
    }
    let symbols = [("AAA", "100000"), ("BBB", "2500"), ("CCC", "73")];
    Day {
        lines,
        symbols: symbols
            .map(|(symbol, price)| (symbol.to_owned(), price.to_owned()))
            .to_vec(),
    }
}
