//! Running an evaluator over the past: the preview sees what the live service would have seen.

use std::{collections::VecDeque, time::Duration};

use contracts::LogEntry;
use domain::{AlertId, Candle, Interval, Price, Quantity, Source, Tick, Timestamp};

use super::{
    Evaluator,
    alert::{Alert, Base},
    evaluator::Arrival,
};

const MINUTE: Interval = Interval::M1;
/// A time about which nothing is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hole {
    /// Its start.
    pub from: Timestamp,
    /// Its end.
    pub to: Timestamp,
}

/// What a candle tells of the feed before it: that it was down, or that it came or went within.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Outage {
    hole: Hole,
    /// The candle behind it was seen from its start.
    is_over: bool,
}

/// Feeds stored prices to an evaluator, with the clock entries that the log would have held.
pub struct Replay {
    /// What decides.
    pub evaluator: Evaluator,
    /// The alert, until there is a price at which it is armed.
    waiting: Option<Alert>,
    /// Keeps for it what it needs of the past.
    scout: AlertId,
    seq: u64,
    reached: Timestamp,
    /// The feed is known to be up, so that minutes without a price are quiet ones.
    is_up: bool,
    /// What is not reached yet of what candles tell of the feed.
    outages: VecDeque<Outage>,
    covered_from: Option<Timestamp>,
    holes: Vec<Hole>,
}

impl Replay {
    /// Begins at a moment, for an alert that is armed at the first price, as it would be by its owner: what is true then
    /// fires with the next one. The evaluator watches the `scout`, the same alert under another id, already.
    ///
    /// A candle in whose middle ticks begin is cut, and counts for nothing: see [`Replay::know_candles`].
    pub fn new(evaluator: Evaluator, start: Timestamp, alert: Alert, scout: AlertId) -> Self {
        Self {
            evaluator,
            waiting: Some(alert),
            scout,
            seq: 0,
            reached: start,
            is_up: false,
            outages: VecDeque::new(),
            covered_from: None,
            holes: Vec::new(),
        }
    }

    /// Learns from the one-minute candles of the ticks to come, oldest first, when the feed was up: where there is none it
    /// was down, and one that is cut it did not see whole.
    pub fn know_candles(&mut self, candles: &[Candle]) {
        let mut known_to = match self.covered_from {
            Some(_) => MINUTE.bucket_end(MINUTE.bucket_start(self.reached)),
            None => self.reached,
        };
        for (index, candle) in candles.iter().enumerate() {
            if index == 0 || known_to < candle.start || candle.partial {
                let hole = Hole {
                    from: known_to.min(candle.start),
                    to: candle.start,
                };
                self.outages.push_back(Outage {
                    hole,
                    is_over: !candle.partial,
                });
            }
            known_to = candle.end();
        }
    }

    /// The time about which something is known, and the holes in it.
    pub fn coverage(&self) -> (Option<Timestamp>, Timestamp, &[Hole]) {
        (self.covered_from, self.reached, &self.holes)
    }

    /// Takes a stored tick. Numbers are given anew: what was not stored is not missing.
    pub fn tick(&mut self, mut tick: Tick) {
        if !tick.is_late {
            self.pass_outages(tick.event_at);
            self.strike_to(tick.event_at);
            self.come_up(tick.event_at);
            self.covered_from.get_or_insert(tick.event_at);
            self.reached = self.reached.max(tick.event_at);
        }
        self.seq += 1;
        tick.seq = self.seq;
        self.evaluator.step(&LogEntry::Tick(tick.clone()));
        if !tick.is_late {
            self.arm_at(&tick);
        }
    }

    fn pass_outages(&mut self, until: Timestamp) {
        while let Some(Outage { hole, is_over }) = self.outages.pop_front_if(|outage| outage.hole.to <= until) {
            let hole = Hole {
                from: hole.from.max(self.reached),
                ..hole
            };
            self.strike_to(hole.from);
            if hole.from < hole.to || !is_over {
                self.go_down(hole.from);
            }
            if hole.from < hole.to && self.covered_from.is_some() {
                self.holes.push(hole);
            }
            self.reached = self.reached.max(hole.to);
            if is_over {
                self.come_up(hole.to);
            }
        }
    }

    fn arm_at(&mut self, tick: &Tick) {
        let Some(alert) = self.waiting.take() else { return };
        let base = Base {
            seq: tick.seq,
            price: tick.price,
            event_at: tick.event_at,
        };
        let alert = Alert {
            base: Some(base),
            ..alert
        };
        self.evaluator.put(&alert, Arrival::New);
        self.evaluator.remove(self.scout);
        // What the scout decided at that price is nobody's.
        drop(self.evaluator.take_decisions());
    }

    /// Takes a one-minute candle: open, nearer extreme, farther extreme, close. A filled one is a minute without a trade.
    pub fn candle(&mut self, candle: &Candle) {
        if self.covered_from.is_some() && candle.start > MINUTE.bucket_end(MINUTE.bucket_start(self.reached)) {
            let from = MINUTE.bucket_end(MINUTE.bucket_start(self.reached));
            self.holes.push(Hole { from, to: candle.start });
            self.strike_to(from);
            self.go_down(from);
            self.reached = candle.start;
        }
        self.covered_from.get_or_insert(candle.start);
        self.strike_to(candle.start);
        if candle.partial {
            self.go_down(candle.start);
        } else {
            self.come_up(candle.start);
        }
        if !candle.filled {
            let prices = walk(candle);
            for (index, price) in prices.into_iter().enumerate() {
                let is_last = index + 1 == prices.len();
                let offset = if is_last {
                    MINUTE.millis() - 1
                } else {
                    20_000 * index as i64
                };
                let at = Timestamp::from_millis(candle.start.millis() + offset).unwrap_or(candle.start);
                let quantity = if is_last {
                    candle.volume
                } else {
                    candle.volume.map(|_| Quantity::ZERO)
                };
                self.step_price(candle, (at, price, quantity));
            }
        }
        let last = candle.end().minus(Duration::from_millis(1));
        self.come_up(last);
        self.reached = self.reached.max(candle.start);
    }

    /// Ends at a moment: what closes by then is judged.
    pub fn finish(&mut self, end: Timestamp) {
        self.pass_outages(end);
        self.strike_to(end);
        self.reached = self.reached.max(end);
    }

    fn step_price(&mut self, candle: &Candle, (at, price, quantity): (Timestamp, Price, Option<Quantity>)) {
        self.seq += 1;
        let tick = Tick {
            asset: candle.asset.clone(),
            seq: self.seq,
            event_at: at,
            received_at: at,
            price,
            quantity,
            range: None,
            source: Source::Replay,
            is_late: false,
        };
        self.evaluator.step(&LogEntry::Tick(tick.clone()));
        self.arm_at(&tick);
    }

    fn come_up(&mut self, at: Timestamp) {
        if !self.is_up {
            self.evaluator.step(&LogEntry::FeedUp(at));
            self.is_up = true;
        }
    }

    fn go_down(&mut self, at: Timestamp) {
        if self.is_up {
            self.evaluator.step(&LogEntry::FeedDown(at));
            self.is_up = false;
        }
    }

    /// The log's clock strikes at each minute.
    fn strike_to(&mut self, at: Timestamp) {
        let mut next = MINUTE.bucket_end(MINUTE.bucket_start(self.reached));
        while next <= at {
            self.evaluator.step(&LogEntry::Clock(next));
            self.reached = next;
            next = MINUTE.bucket_end(next);
        }
    }
}

fn walk(candle: &Candle) -> [Price; 4] {
    let prices = candle.prices;
    let up = prices.high.value() - prices.open.value();
    let down = prices.open.value() - prices.low.value();
    let (nearer, farther) = if up <= down {
        (prices.high, prices.low)
    } else {
        (prices.low, prices.high)
    };
    [prices.open, nearer, farther, prices.close]
}
