//! Thousands of worlds, each decided by its seed; one that ever failed is kept in [`KEPT`].

use std::{
    sync::atomic::{AtomicU64, Ordering},
    thread,
};

use simulation::{Bug, run};
use test_kit::sized;

/// Seeds that once failed.
const KEPT: &[u64] = &[];
/// So many worlds are enough to meet each planted mistake.
const SEARCH: u64 = 200;

/// Runs seeds on all processors.
fn on_all_processors(seeds: u64, check: impl Fn(u64) + Sync) {
    let next = AtomicU64::new(0);
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds {
                        return;
                    }
                    check(seed);
                }
            });
        }
    });
}

#[test]
fn reliability_78_every_world_ends_as_the_models_say() {
    let decided = AtomicU64::new(0);
    let check = |seed| {
        let outcome = run(seed, None);
        assert_eq!(outcome.wrong, Vec::<String>::new(), "seed {seed}");
        decided.fetch_add(outcome.decided as u64, Ordering::Relaxed);
    };
    KEPT.iter().copied().for_each(check);
    let seeds = sized(5_000, 100_000);
    on_all_processors(seeds, check);
    let decided = decided.into_inner();
    assert!(
        decided > seeds * 5,
        "hardly anything happens: {decided} decisions in {seeds} worlds"
    );
}

#[test]
fn reliability_78_the_same_seed_leaves_the_same_trace() {
    for seed in 0..SEARCH {
        assert_eq!(run(seed, None), run(seed, None), "seed {seed}");
    }
    assert_ne!(run(1, None).trace, run(2, None).trace);
}

#[test]
fn reliability_78_a_mistake_planted_at_each_core_is_found() {
    for bug in Bug::ALL {
        let found = (0..SEARCH).find(|seed| !run(*seed, Some(bug)).wrong.is_empty());
        assert!(found.is_some(), "{bug:?} goes unnoticed in {SEARCH} worlds");
    }
}
