//! What the evaluator costs: ticks a second while nothing fires, firings a second, bytes an alert, time to load.
//!
//! Criterion shows the distributions; the figures also go to `target/bench-results/evaluator.json`. With
//! `CANDLEWICK_BENCH_ALERTS_MAX=10000000` ten million alerts are measured too.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    hint::black_box,
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use alerts::domain::{Alert, Arrival, Base, Condition, Evaluator, GapLimits, LevelKind, Memory, Trigger};
use contracts::LogEntry;
use criterion::{Criterion, Throughput};
use domain::{AlertId, AssetId, Decimal, Price, Source, Tick, Timestamp};
use test_kit::{Figures, quantile};

/// Counts what is allocated, to tell bytes an alert.
struct Counting;

static ALLOCATED: AtomicUsize = AtomicUsize::new(0);

// SAFETY: everything is handed to the system's allocator as it is; only a counter is kept beside it.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATED.fetch_add(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        ALLOCATED.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const ASSETS: usize = 200;
const START: i64 = 1_700_438_400_000;
/// Prices stay within 99.5 and 100.5; levels lie outside.
const QUIET_TICKS: usize = 20_000;

fn time(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis).expect("time")
}

fn price(mantissa: i64, scale: u32) -> Price {
    Price::new(Decimal::new(mantissa, scale)).expect("price")
}

fn assets() -> Vec<AssetId> {
    (0..ASSETS)
        .map(|n| AssetId::parse(&format!("asset-{n}")).expect("id"))
        .collect()
}

/// A cheap stream of numbers, the same in each run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: i64) -> i64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % bound.unsigned_abs()) as i64
    }
}

fn tick(asset: &AssetId, seq: u64, at: i64, price: Price) -> LogEntry {
    LogEntry::Tick(Tick {
        asset: asset.clone(),
        seq,
        event_at: time(at),
        received_at: time(at),
        price,
        quantity: None,
        range: None,
        source: Source::Kraken,
        is_late: false,
    })
}

fn alert(numbers: &mut Numbers, asset: &AssetId, number: u64) -> Alert {
    let kinds = [
        LevelKind::Above,
        LevelKind::Below,
        LevelKind::CrossesAbove,
        LevelKind::CrossesBelow,
    ];
    let kind = kinds[(number % 4) as usize];
    let distance = 1_000_000 + numbers.below(50_000_000);
    let is_up = matches!(kind, LevelKind::Above | LevelKind::CrossesAbove);
    let level = price(
        if is_up {
            100_000_000 + distance
        } else {
            100_000_000 - distance
        },
        6,
    );
    let id = uuid::Uuid::from_u128((u128::from(numbers.below(i64::MAX).unsigned_abs()) << 64) | u128::from(number));
    Alert {
        id: AlertId::from(id),
        version: 1,
        asset: asset.clone(),
        condition: Condition::Level { kind, price: level },
        trigger: Trigger::Once,
        cooldown_ms: 0,
        expires_at: Some(time(START + 86_400_000 * 60)),
        base: Some(Base {
            seq: 1,
            price: price(100, 0),
            event_at: time(START),
        }),
        memory: Memory::default(),
    }
}

/// An evaluator with so many armed alerts; how long the alerts took to load, and how many bytes each of them takes.
fn loaded(count: u64) -> (Evaluator, Duration, f64) {
    let assets = assets();
    let mut evaluator = Evaluator::new(GapLimits::default());
    for asset in &assets {
        evaluator.step(&tick(asset, 1, START, price(100, 0)));
    }
    let mut numbers = Numbers(7);
    let before = ALLOCATED.load(Ordering::Relaxed);
    let mut spent = Duration::ZERO;
    for number in 0..count {
        let alert = alert(&mut numbers, &assets[number as usize % ASSETS], number);
        let started = Instant::now();
        evaluator.put(&alert, Arrival::Restored);
        spent += started.elapsed();
    }
    let bytes = (ALLOCATED.load(Ordering::Relaxed) - before) as f64 / count as f64;
    (evaluator, spent, bytes)
}

/// Ticks around the price between all levels. Numbers and times are filled in as they are used.
fn quiet_ticks() -> Vec<LogEntry> {
    let assets = assets();
    let mut numbers = Numbers(11);
    (0..QUIET_TICKS)
        .map(|n| {
            tick(
                &assets[n % ASSETS],
                0,
                START,
                price(99_500_000 + numbers.below(1_000_000), 6),
            )
        })
        .collect()
}

/// Gives the ticks their next numbers and times, outside of what is measured.
fn renumber(ticks: &mut [LogEntry], round: u64) {
    let per_asset = (QUIET_TICKS / ASSETS) as u64;
    for (index, entry) in ticks.iter_mut().enumerate() {
        if let LogEntry::Tick(tick) = entry {
            tick.seq = 2 + round * per_asset + (index / ASSETS) as u64;
            let at = time(START + (tick.seq as i64) * 120);
            tick.event_at = at;
            tick.received_at = at;
        }
    }
}

fn measure_quiet(evaluator: &mut Evaluator, ticks: &mut [LogEntry], rounds: &mut u64, iterations: u64) -> Duration {
    let mut spent = Duration::ZERO;
    for _ in 0..iterations {
        renumber(ticks, *rounds);
        *rounds += 1;
        let started = Instant::now();
        for entry in ticks.iter() {
            evaluator.step(black_box(entry));
        }
        spent += started.elapsed();
    }
    assert!(!evaluator.has_decisions(), "nothing may fire here");
    spent
}

/// Each tick fires one alert, and so do all of them again later: 13 s apart, so that the storm guard sleeps.
fn fires_per_second() -> f64 {
    let asset = AssetId::parse("asset-0").expect("id");
    let mut evaluator = Evaluator::new(GapLimits {
        default_ms: 600_000,
        by_source: Vec::new(),
    });
    evaluator.step(&tick(&asset, 1, START, price(100, 0)));
    let mut numbers = Numbers(3);
    for number in 0..1_000 {
        let mut alert = alert(&mut numbers, &asset, number);
        alert.condition = Condition::Level {
            kind: LevelKind::Crosses,
            price: price(101_000 + number as i64, 3),
        };
        alert.trigger = Trigger::EveryTime;
        alert.expires_at = None;
        evaluator.put(&alert, Arrival::Restored);
    }
    let (mut fired, mut seq) = (0, 1);
    let mut spent = Duration::ZERO;
    while spent < Duration::from_secs(1) {
        seq += 1;
        let entry = tick(
            &asset,
            seq,
            START + seq as i64 * 13_000,
            price(if seq % 2 == 0 { 110 } else { 100 }, 0),
        );
        let started = Instant::now();
        evaluator.step(&entry);
        fired += evaluator.take_decisions().len();
        black_box(evaluator.take_changed());
        spent += started.elapsed();
    }
    fired as f64 / spent.as_secs_f64()
}

/// How long a tick takes to be decided on where 100,000 alerts are about its asset and its price wanders among their
/// levels, so that it fires some: the 99th percentile, in milliseconds.
fn decision_among_many() -> f64 {
    let asset = AssetId::parse("asset-0").expect("id");
    let mut evaluator = Evaluator::new(GapLimits::default());
    evaluator.step(&tick(&asset, 1, START, price(100, 0)));
    let mut numbers = Numbers(5);
    for number in 0..100_000 {
        let mut alert = alert(&mut numbers, &asset, number);
        alert.condition = Condition::Level {
            kind: LevelKind::Crosses,
            price: price(50_000_001 + numbers.below(100_000_000), 6),
        };
        alert.trigger = Trigger::EveryTime;
        evaluator.put(&alert, Arrival::Restored);
    }
    let (mut at, mut spent) = (100_000_000, Vec::new());
    for seq in 2..20_002_u64 {
        at = (at + numbers.below(200_001) - 100_000).clamp(60_000_000, 140_000_000);
        let entry = tick(&asset, seq, START + seq as i64 * 20_000, price(at, 6));
        let started = Instant::now();
        evaluator.step(&entry);
        black_box(evaluator.take_decisions());
        black_box(evaluator.take_changed());
        spent.push(started.elapsed().as_secs_f64() * 1_000.0);
    }
    spent.sort_by(f64::total_cmp);
    quantile(&spent, 0.99)
}

fn main() {
    let mut criterion = Criterion::default()
        .configure_from_args()
        .measurement_time(Duration::from_secs(3))
        .warm_up_time(Duration::from_secs(1));
    let most: u64 = std::env::var("CANDLEWICK_BENCH_ALERTS_MAX")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(1_000_000);
    let mut figures = Figures::of("alert evaluation");
    let mut ticks = quiet_ticks();
    for count in [1_000, 100_000, 1_000_000, 10_000_000]
        .into_iter()
        .filter(|count| *count <= most)
    {
        let (mut evaluator, spent, bytes) = loaded(count);
        let mut rounds = 0;
        let mut group = criterion.benchmark_group("nothing fires");
        group
            .sample_size(20)
            .throughput(Throughput::Elements(QUIET_TICKS as u64));
        group.bench_function(format!("{count} alerts"), |bencher| {
            bencher.iter_custom(|iterations| measure_quiet(&mut evaluator, &mut ticks, &mut rounds, iterations));
        });
        group.finish();
        let best = (0..30)
            .map(|_| measure_quiet(&mut evaluator, &mut ticks, &mut rounds, 1))
            .min()
            .unwrap_or_default();
        let rate = QUIET_TICKS as f64 / best.as_secs_f64();
        let is_target = count == 1_000_000;
        figures.row(
            &format!("nothing fires, {count} alerts on {ASSETS} assets"),
            rate,
            "ticks/s",
            if is_target { "≥ 10,000,000" } else { "" },
        );
        figures.row(
            &format!("memory, {count} alerts"),
            bytes,
            "bytes/alert",
            if count >= 1_000_000 { "≤ 100" } else { "" },
        );
        figures.row(&format!("load, {count} alerts"), spent.as_secs_f64(), "s", "");
    }
    figures.row(
        "every second tick crosses 1,000 levels",
        fires_per_second(),
        "firings/s",
        "",
    );
    figures.row(
        "100,000 alerts on one asset, tick to decision, p99",
        decision_among_many(),
        "ms",
        "≤ 5",
    );
    figures.keep("evaluator");
    criterion.final_summary();
}
