//! Ten thousand orders of each: nobody waits for ever, nothing is counted twice or not at all.

use std::{
    future::poll_fn,
    net::Ipv4Addr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::Poll,
    time::Duration,
};

use bytes::Bytes;
use domain::{ManualClock, Timestamp};
use schedules::{
    Counters,
    frame::Close,
    guard::{Held, Importance},
    guards::Guards,
    link::{Link, Patience},
    topic::{Row, Shape, Topic, View, Watch},
};
use shuttle::{check_random, future::block_on, thread};

const ORDERS: usize = 10_000;
const NOW: Duration = Duration::from_secs(1);

fn view(newest: u64) -> View {
    let row = |version| Row {
        version,
        place: i64::try_from(version).expect("small"),
        data: Bytes::from(version.to_string()),
    };
    View::new(Shape::List, (1..=newest).map(row).collect(), newest, 0)
}

/// Waits as a connection does: says first that it listens, then looks.
fn wait_for(link: &Link, topic: &Topic, newest: u64) {
    block_on(poll_fn(|context| {
        link.is_asked(context.waker());
        match topic.view().is_some_and(|view| view.newest() == newest) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    }));
}

#[test]
fn reliability_79_whoever_watches_hears_of_the_newest_change() {
    check_random(
        || {
            let topic = Arc::new(Topic::default());
            let watchers: Vec<_> = (0..2)
                .map(|number| {
                    let topic = Arc::clone(&topic);
                    thread::spawn(move || {
                        let link = Arc::new(Link::new(number));
                        // Before the first look, or a change in between is missed.
                        let watch = Watch::new(topic, &link);
                        wait_for(&link, watch.topic(), 3);
                    })
                })
                .collect();
            for newest in 1..=3 {
                topic.show(view(newest));
                topic.wake();
            }
            for watcher in watchers {
                watcher.join().expect("it heard");
            }
            assert!(!topic.is_watched());
        },
        ORDERS,
    );
}

/// That the scheduler would find a lost call.
#[test]
#[should_panic(expected = "deadlock")]
fn reliability_79_who_looks_before_it_listens_is_found() {
    check_random(
        || {
            let topic = Arc::new(Topic::default());
            let link = Arc::new(Link::new(1));
            let watch = Watch::new(Arc::clone(&topic), &link);
            let watcher = thread::spawn(move || {
                block_on(poll_fn(|context| {
                    if watch.topic().view().is_some() {
                        return Poll::Ready(());
                    }
                    link.is_asked(context.waker());
                    Poll::Pending
                }));
            });
            topic.show(view(1));
            topic.wake();
            watcher.join().expect("it heard");
        },
        ORDERS,
    );
}

#[test]
fn reliability_79_an_order_to_end_reaches_a_connection_that_waits_and_is_given_once() {
    const PATIENCE: Patience = Patience {
        ping_after: Duration::from_secs(20),
        silence: Duration::from_secs(60),
        goodbye: Duration::from_secs(2),
    };
    check_random(
        || {
            let link = Arc::new(Link::new(1));
            let connection = {
                let link = Arc::clone(&link);
                thread::spawn(move || {
                    block_on(poll_fn(|context| {
                        link.is_asked(context.waker());
                        match link.take_orders().close {
                            Some(why) => Poll::Ready(why),
                            None => Poll::Pending,
                        }
                    }))
                })
            };
            let cut = {
                let link = Arc::clone(&link);
                thread::spawn(move || block_on(link.cut()))
            };
            let carer = {
                let link = Arc::clone(&link);
                thread::spawn(move || link.look_after(NOW, &PATIENCE))
            };
            link.close(Close::Restart, NOW);
            link.close(Close::Silent, NOW);
            let why = connection.join().expect("it ends");
            assert!(matches!(why, Close::Restart), "{why:?}: the first reason counts");
            carer.join().expect("it looks");
            link.look_after(NOW + Duration::from_secs(3), &PATIENCE);
            cut.join().expect("it is cut");
        },
        ORDERS,
    );
}

#[test]
fn reliability_79_a_breaker_lets_one_probe_through_and_loses_no_place() {
    check_random(
        || {
            let clock = Arc::new(ManualClock::new(
                Timestamp::from_millis(1_790_000_000_000).expect("time"),
            ));
            let guards = Arc::new(Guards::new(3, 3, clock.clone()));
            let enter = |guards: &Guards| guards.enter("auth", Importance::High).expect("a gate").map(drop);
            for _ in 0..10 {
                let passage = guards.enter("auth", Importance::High).expect("a gate");
                passage.expect("through").settle(false);
            }
            assert!(matches!(enter(&guards), Err(Held::Open(_))));
            clock.advance(Duration::from_secs(1));
            let (probing, answered) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
            let callers: Vec<_> = [false, true, true]
                .into_iter()
                .map(|has_answer| {
                    let (guards, probing, answered) = (guards.clone(), probing.clone(), answered.clone());
                    thread::spawn(move || {
                        let Ok(passage) = guards.enter("auth", Importance::High).expect("a gate") else {
                            return;
                        };
                        let others = probing.fetch_add(1, Ordering::SeqCst);
                        assert!(others == 0 || answered.load(Ordering::SeqCst) > 0, "two probes at once");
                        thread::yield_now();
                        if has_answer {
                            answered.fetch_add(1, Ordering::SeqCst);
                        }
                        passage.settle(has_answer);
                        probing.fetch_sub(1, Ordering::SeqCst);
                    })
                })
                .collect();
            for caller in callers {
                caller.join().expect("it ends");
            }
            // Whatever happened, an answer closes it, and then all its places are free.
            clock.advance(Duration::from_secs(60));
            let probe = guards.enter("auth", Importance::High).expect("a gate");
            probe.expect("a probe or a request").settle(true);
            let held: Vec<_> = (0..3)
                .map(|_| {
                    guards
                        .enter("auth", Importance::High)
                        .expect("a gate")
                        .expect("a place")
                })
                .collect();
            assert!(matches!(enter(&guards), Err(Held::Full)));
            drop(held);
        },
        ORDERS,
    );
}

#[test]
fn reliability_79_a_limiter_counts_each_call_once_and_lets_one_be_the_first() {
    check_random(
        || {
            let counters = Counters::default();
            let key = Ipv4Addr::LOCALHOST.to_string();
            let callers: Vec<_> = (0..3)
                .map(|_| {
                    let (counters, key) = (counters.clone(), key.clone());
                    thread::spawn(move || {
                        let counted: Vec<u64> = (0..3).map(|_| counters.increment(&key)).collect();
                        (counted, counters.set_if_absent("first", &key))
                    })
                })
                .collect();
            let (mut counted, mut first) = (Vec::new(), 0);
            for caller in callers {
                let (own, is_first) = caller.join().expect("it counts");
                assert!(own.is_sorted(), "{own:?}");
                counted.extend(own);
                first += usize::from(is_first);
            }
            counted.sort_unstable();
            assert_eq!((counted, first), ((1..=9).collect(), 1));
        },
        ORDERS,
    );
}

#[test]
fn reliability_79_a_snapshot_is_written_once_for_all_who_ask() {
    check_random(
        || {
            let view = Arc::new(view(3));
            let readers: Vec<_> = (0..3)
                .map(|_| {
                    let view = Arc::clone(&view);
                    thread::spawn(move || view.snapshot())
                })
                .collect();
            let read: Vec<Bytes> = readers
                .into_iter()
                .map(|reader| reader.join().expect("it reads"))
                .collect();
            assert_eq!(read[0], "[1,2,3]");
            assert!(
                read.iter().all(|bytes| bytes.as_ptr() == read[0].as_ptr()),
                "one copy for all"
            );
        },
        ORDERS,
    );
}
