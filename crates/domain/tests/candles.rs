//! The candle book against a model that sees the whole log at once: it sorts all ticks and asks of every bucket
//! what happened in it. The model shares no code with the book.

use std::collections::{BTreeMap, HashMap};

use domain::{
    AssetId, Candle, Decimal, Interval, Price, Quantity, Source, Tick, Timestamp,
    candles::{CandleBook, Change, Entry, MarkedCandle, roll_up},
};
use proptest::prelude::*;

const MINUTE: i64 = 60_000;

#[derive(Debug, Clone)]
enum Step {
    Tick(Tick),
    Clock(Timestamp),
    Down(Timestamp),
    Up(Timestamp),
}

fn ms(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis).expect("time")
}

fn asset(name: &str) -> AssetId {
    AssetId::parse(name).expect("asset")
}

fn tick(name: &str, seq: u64, at: i64, price: i64, quantity: Option<i64>) -> Tick {
    Tick {
        asset: asset(name),
        seq,
        event_at: ms(at),
        received_at: ms(at),
        price: Price::new(Decimal::from(price)).expect("price"),
        quantity: quantity.map(|quantity| Quantity::new(Decimal::from(quantity)).expect("quantity")),
        range: None,
        source: Source::Replay,
        is_late: false,
    }
}

/// A keeper of closed candles, as the recorder is one.
#[derive(Default)]
struct Store(BTreeMap<(AssetId, Interval, Timestamp), MarkedCandle>);

impl Store {
    fn take(&mut self, change: Change) {
        let late = match change {
            Change::Closed(marked) => {
                let key = (marked.candle.asset.clone(), marked.candle.interval, marked.candle.start);
                assert!(self.0.insert(key, marked).is_none(), "a bucket closes once");
                return;
            }
            Change::Late(late) => late,
        };
        for interval in Interval::ALL {
            let Some(start) = late.revises(interval) else { continue };
            let key = (late.asset.clone(), interval, start);
            let revised = late.revise(interval, self.0.get(&key));
            let close = revised.candle.prices.close;
            self.0.insert(key.clone(), revised);
            let after = self.0.range_mut(key..).skip(1);
            let same = after.take_while(|((asset, kind, _), _)| *asset == late.asset && *kind == interval);
            for (_, marked) in same.take_while(|(_, marked)| marked.candle.filled) {
                marked.candle.prices = domain::Ohlc::flat(close);
            }
        }
    }
}

fn run(steps: &[Step]) -> (CandleBook, Store) {
    let mut book = CandleBook::new();
    let mut store = Store::default();
    for step in steps {
        let entry = match step {
            Step::Tick(tick) => Entry::Tick(tick),
            Step::Clock(at) => Entry::Clock(*at),
            Step::Down(at) => Entry::FeedDown(*at),
            Step::Up(at) => Entry::FeedUp(*at),
        };
        book.apply(entry, &mut |change| store.take(change));
    }
    (book, store)
}

/// The model's view of the log.
struct Model {
    watched: Vec<(i64, i64)>,
    /// For each asset: its ticks, the minute of the first that came, and the frontier.
    assets: HashMap<AssetId, (Vec<Tick>, i64, i64)>,
}

impl Model {
    fn of(steps: &[Step]) -> Self {
        let mut watched = Vec::new();
        let mut up_since = None;
        let mut assets: HashMap<AssetId, (Vec<Tick>, i64, i64)> = HashMap::new();
        for step in steps {
            let (at, is_mark) = match step {
                Step::Tick(tick) => (tick.event_at.millis(), false),
                Step::Clock(at) | Step::Down(at) | Step::Up(at) => (at.millis(), true),
            };
            let minute = at.div_euclid(MINUTE) * MINUTE;
            if is_mark {
                assets
                    .values_mut()
                    .for_each(|(_, _, frontier)| *frontier = minute.max(*frontier));
            }
            match step {
                Step::Tick(tick) => {
                    let entry = assets.entry(tick.asset.clone()).or_insert((Vec::new(), minute, minute));
                    entry.0.push(tick.clone());
                    entry.2 = entry.2.max(minute);
                }
                Step::Up(_) => up_since = up_since.or(Some(at)),
                Step::Down(_) => watched.extend(up_since.take().map(|since| (since, at))),
                Step::Clock(_) => {}
            }
        }
        watched.extend(up_since.map(|since| (since, i64::MAX)));
        Self { watched, assets }
    }

    fn is_watched(&self, minute: i64) -> bool {
        self.watched
            .iter()
            .any(|(since, until)| *since <= minute && minute + MINUTE <= *until)
    }

    /// The closed candles of one asset, by interval and start.
    fn closed(&self, name: &AssetId) -> BTreeMap<(Interval, Timestamp), Candle> {
        let (ticks, first_minute, frontier) = &self.assets[name];
        let mut ticks = ticks.clone();
        ticks.sort_by_key(|tick| (tick.event_at, tick.seq));
        let mut found = BTreeMap::new();
        for interval in Interval::ALL {
            let earliest = ticks
                .first()
                .map_or(*first_minute, |tick| tick.event_at.millis())
                .min(*first_minute);
            let mut start = interval.bucket_start(ms(earliest));
            while interval.bucket_end(start).millis() <= *frontier {
                if let Some(candle) = self.bucket(name, interval, start, &ticks, *first_minute) {
                    found.insert((interval, start), candle);
                }
                start = interval.bucket_end(start);
            }
        }
        found
    }

    fn bucket(
        &self,
        name: &AssetId,
        interval: Interval,
        start: Timestamp,
        ticks: &[Tick],
        first_minute: i64,
    ) -> Option<Candle> {
        let end = interval.bucket_end(start);
        let inside: Vec<&Tick> = ticks
            .iter()
            .filter(|tick| start <= tick.event_at && tick.event_at < end)
            .collect();
        let minutes = (start.millis()..end.millis()).step_by(MINUTE as usize);
        // A minute is whole where it was watched and the asset was known.
        let whole = minutes
            .clone()
            .filter(|minute| self.is_watched(*minute) && *minute >= first_minute)
            .count();
        let partial = whole != minutes.count();
        let (prices, filled) = if inside.is_empty() {
            if whole == 0 {
                return None;
            }
            let before = ticks.iter().rev().find(|tick| tick.event_at < start)?;
            (domain::Ohlc::flat(before.price), true)
        } else {
            let prices = domain::Ohlc {
                open: inside[0].price,
                high: inside.iter().map(|tick| tick.price).max()?,
                low: inside.iter().map(|tick| tick.price).min()?,
                close: inside[inside.len() - 1].price,
            };
            (prices, false)
        };
        let told: Vec<Decimal> = inside
            .iter()
            .filter_map(|tick| tick.quantity)
            .map(Quantity::value)
            .collect();
        let volume = if filled {
            Some(Decimal::ZERO)
        } else {
            (!told.is_empty()).then(|| told.iter().sum())
        };
        Some(Candle {
            asset: name.clone(),
            interval,
            start,
            prices,
            volume: volume.map(|volume| Quantity::new(volume).expect("volume")),
            samples: inside.len() as u64,
            is_closed: true,
            filled,
            partial,
            repaired: false,
        })
    }
}

/// A log: time moves on, sometimes by much; now and then a tick is late, the feed breaks, or a clock mark comes.
fn a_log() -> impl Strategy<Value = Vec<Step>> {
    let step = (
        0u8..20,
        0i64..90_000,
        1i64..50,
        proptest::option::weighted(0.7, 0i64..9),
        0usize..3,
        0i64..600_000,
    );
    (0i64..200_000, proptest::collection::vec(step, 1..120)).prop_map(|(offset, raw)| {
        let mut now = 1_700_000_000_000 + offset;
        let mut seqs = [0u64; 3];
        let mut steps = vec![Step::Up(ms(now))];
        for (kind, forward, price, quantity, which, back) in raw {
            let name = ["a", "b", "c"][which];
            let minute = now.div_euclid(MINUTE);
            now += if kind == 19 { forward * 40 } else { forward / 3 };
            if now.div_euclid(MINUTE) > minute {
                steps.push(Step::Clock(ms(now.div_euclid(MINUTE) * MINUTE)));
            }
            match kind {
                0 => steps.push(Step::Down(ms(now))),
                1 => steps.push(Step::Up(ms(now))),
                2 => {}
                kind => {
                    // The first tick of an asset is never late: there is none before it.
                    let is_late = kind <= 5 && seqs[which] > 0;
                    let at = if is_late { now - back } else { now };
                    seqs[which] += 1;
                    steps.push(Step::Tick(Tick {
                        is_late,
                        ..tick(name, seqs[which], at, price, quantity)
                    }));
                }
            }
        }
        steps
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn semantics_4_closed_candles_equal_a_model_that_sees_the_whole_log(steps in a_log()) {
        let (_, store) = run(&steps);
        let model = Model::of(&steps);
        for name in model.assets.keys() {
            let expected = model.closed(name);
            let found: BTreeMap<(Interval, Timestamp), Candle> = store.0.iter()
                .filter(|((owner, _, _), _)| owner == name)
                .map(|((_, interval, start), marked)| ((*interval, *start), marked.candle.clone()))
                .collect();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn longer_candles_are_the_roll_up_of_the_minutes(steps in a_log()) {
        let (_, store) = run(&steps);
        for name in Model::of(&steps).assets.keys() {
            let of = |interval: Interval| -> Vec<Candle> {
                let mine = store.0.iter().filter(|((owner, kind, _), _)| owner == name && *kind == interval);
                mine.map(|(_, marked)| marked.candle.clone()).collect()
            };
            let minutes = of(Interval::M1);
            let reached = minutes.last().map_or(ms(0), Candle::end);
            for interval in Interval::ALL.into_iter().skip(1) {
                let rolled: Vec<Candle> = roll_up(&minutes, interval, reached).into_iter().filter(|candle| candle.is_closed).collect();
                let mut kept = of(interval);
                // Where the feed went down, the store may know of the end of a bucket that its minutes do not show.
                kept.retain(|candle| candle.end() <= reached);
                prop_assert_eq!(rolled, kept);
            }
        }
    }

    #[test]
    fn a_restored_book_goes_on_as_if_it_had_never_stopped(steps in a_log(), cut in 0usize..120) {
        let cut = cut.min(steps.len());
        let (whole, expected) = run(&steps);
        let (before, mut store) = run(&steps[..cut]);
        let kept = serde_json::to_string(&before.all_series().collect::<Vec<_>>()).expect("json");
        let series: Vec<domain::candles::Series> = serde_json::from_str(&kept).expect("series");
        let mut book = CandleBook::restore(before.watch(), series);
        for step in &steps[cut..] {
            let entry = match step {
                Step::Tick(tick) => Entry::Tick(tick),
                Step::Clock(at) => Entry::Clock(*at),
                Step::Down(at) => Entry::FeedDown(*at),
                Step::Up(at) => Entry::FeedUp(*at),
            };
            book.apply(entry, &mut |change| store.take(change));
        }
        prop_assert_eq!(store.0, expected.0);
        for series in whole.all_series() {
            prop_assert_eq!(Some(series), book.series(series.asset()));
        }
    }

    #[test]
    fn each_asset_is_made_alone_so_partitions_do_not_matter(steps in a_log()) {
        let (_, together) = run(&steps);
        for name in ["a", "b", "c"] {
            let alone: Vec<Step> = steps.iter().filter(|step| !matches!(step, Step::Tick(tick) if tick.asset != asset(name))).cloned().collect();
            let (_, store) = run(&alone);
            let mine: BTreeMap<_, _> = together.0.iter().filter(|((owner, _, _), _)| *owner == asset(name)).map(|(key, value)| (key.clone(), value.clone())).collect();
            prop_assert_eq!(store.0, mine);
        }
    }
}

const START: i64 = 1_700_000_040_000; // 2023-11-14 22:14:00

#[test]
fn a_trade_at_the_end_of_a_bucket_opens_the_next() {
    let steps = [
        Step::Up(ms(START)),
        Step::Tick(tick("a", 1, START + 59_999, 10, None)),
        Step::Clock(ms(START + MINUTE)),
        Step::Tick(tick("a", 2, START + MINUTE, 20, None)),
    ];
    let (book, store) = run(&steps);
    let closed: Vec<&MarkedCandle> = store
        .0
        .values()
        .filter(|marked| marked.candle.interval == Interval::M1)
        .collect();
    assert_eq!(closed.len(), 1);
    assert_eq!(closed[0].candle.prices.close.to_string(), "10");
    let open = book.open(&asset("a"), Interval::M1).expect("open");
    assert_eq!((open.candle.start, open.candle.is_closed), (ms(START + MINUTE), false));
}

#[test]
fn open_candles_of_longer_intervals_count_the_running_minute() {
    let steps = [
        Step::Up(ms(START)),
        Step::Tick(tick("a", 1, START, 10, Some(1))),
        Step::Clock(ms(START + MINUTE)),
        Step::Tick(tick("a", 2, START + MINUTE + 5, 30, Some(2))),
    ];
    let (book, _) = run(&steps);
    let open = book.open(&asset("a"), Interval::H1).expect("open").candle;
    assert_eq!(
        (open.prices.open.to_string(), open.prices.close.to_string()),
        ("10".to_owned(), "30".to_owned())
    );
    assert_eq!(
        (open.volume.map(|volume| volume.to_string()), open.samples),
        (Some("3".to_owned()), 2)
    );
    assert!(open.partial, "the hour began before the feed did");
    assert!(!open.is_closed);
}

#[test]
fn the_first_bucket_is_partial_unless_the_feed_was_up_at_its_start() {
    for (up, partial) in [(START, false), (START + 1, true)] {
        let steps = [
            Step::Up(ms(up)),
            Step::Tick(tick("a", 1, START + 5, 10, None)),
            Step::Clock(ms(START + MINUTE)),
        ];
        let (_, store) = run(&steps);
        let minute = store
            .0
            .values()
            .find(|marked| marked.candle.interval == Interval::M1)
            .expect("candle");
        assert_eq!(minute.candle.partial, partial);
    }
}

#[test]
fn quiet_minutes_are_filled_while_the_feed_is_up_and_missing_while_it_is_down() {
    let steps = [
        Step::Up(ms(START)),
        Step::Tick(tick("a", 1, START, 10, None)),
        Step::Clock(ms(START + 2 * MINUTE)),
        Step::Down(ms(START + 2 * MINUTE)),
        Step::Clock(ms(START + 5 * MINUTE)),
        Step::Up(ms(START + 5 * MINUTE)),
        Step::Clock(ms(START + 6 * MINUTE)),
    ];
    let (_, store) = run(&steps);
    let minutes: Vec<(i64, bool, u64, Option<String>)> = store
        .0
        .values()
        .filter(|marked| marked.candle.interval == Interval::M1)
        .map(|marked| &marked.candle)
        .map(|candle| {
            (
                (candle.start.millis() - START) / MINUTE,
                candle.filled,
                candle.samples,
                candle.volume.map(|volume| volume.to_string()),
            )
        })
        .collect();
    assert_eq!(
        minutes,
        [
            (0, false, 1, None),
            (1, true, 0, Some("0".to_owned())),
            (5, true, 0, Some("0".to_owned()))
        ]
    );
}

#[test]
fn the_extremes_of_a_polled_source_make_the_wick() {
    let mut polled = tick("a", 1, START + 5, 10, None);
    let price = |value: i64| Price::new(Decimal::from(value)).expect("price");
    polled.range = Some(domain::PriceRange {
        low: price(7),
        high: price(12),
    });
    let (book, _) = run(&[Step::Up(ms(START)), Step::Tick(polled)]);
    let prices = book.open(&asset("a"), Interval::M1).expect("open").candle.prices;
    assert_eq!((prices.low, prices.high, prices.open), (price(7), price(12), price(10)));
}
