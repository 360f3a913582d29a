//! The reference's second half: what follows from a condition that is met, and which rules are about what.

use super::{Mode, Rule, Told, Watched, market::MINUTE};

#[derive(Debug, Clone, Copy, Default)]
pub struct Truth {
    pub met: bool,
    pub clear: bool,
    pub known: bool,
}

pub struct Moment<'a> {
    pub seq: u64,
    pub price: i64,
    pub previous: Option<i64>,
    pub at: i64,
    pub received: i64,
    pub flags: &'a str,
    pub bar: Option<(i64, i64)>,
}

pub fn conclude(alert: &mut Watched, truth: Truth, moment: &Moment<'_>, told: &mut Vec<Told>) {
    if !truth.known || !alert.is_active {
        return;
    }
    if alert.is_latched {
        alert.is_latched = !truth.clear;
        return;
    }
    if !truth.met {
        return;
    }
    if alert.expires.is_some_and(|at| moment.received >= at) {
        alert.is_active = false;
        return;
    }
    let length = match alert.mode {
        Mode::PerMinute => Some(1),
        Mode::PerBar(minutes) | Mode::AtClose(minutes) => Some(minutes),
        _ => None,
    };
    let within = moment.bar.map_or(moment.at, |(_, start)| start);
    let bucket = length.map(|minutes| within - within.rem_euclid(minutes * MINUTE));
    let is_same_tick = moment.bar.is_none() && alert.fired_seq == Some(moment.seq);
    if is_same_tick || (bucket.is_some() && alert.bucket == bucket) {
        return;
    }
    let is_suppressed = alert.notified.is_some_and(|at| moment.at - at < alert.cooldown);
    let in_window = alert.recent.iter().filter(|at| moment.at - **at < 180_000).count();
    if !is_suppressed && in_window >= 15 {
        alert.is_active = false;
        told.push(Told::Paused {
            alert: alert.alert,
            version: alert.version,
            at: moment.at,
        });
        return;
    }
    alert.bucket = bucket.or(alert.bucket);
    if moment.bar.is_none() {
        alert.fired_seq = Some(moment.seq);
    }
    if !is_suppressed {
        alert.notified = Some(moment.at);
        alert.recent.push(moment.at);
    }
    match alert.mode {
        Mode::Once => alert.is_active = false,
        Mode::EveryTime => alert.is_latched = !is_event(&alert.rule),
        _ => {}
    }
    let key = match (moment.bar, bucket, length) {
        (Some((minutes, start)), _, _) => format!("bar:{minutes}m:{start}"),
        (None, Some(start), Some(minutes)) => format!("bar:{minutes}m:{start}"),
        _ => format!("seq:{}", moment.seq),
    };
    let suppressed = if is_suppressed { " suppressed" } else { "" };
    told.push(Told::Fired {
        alert: alert.alert,
        version: alert.version,
        key,
        price: moment.price,
        previous: moment.previous,
        at: moment.at,
        received: moment.received,
        flags: format!("{}{suppressed}", moment.flags),
    });
}

pub fn is_event(rule: &Rule) -> bool {
    match rule {
        Rule::CrossesAbove(_) | Rule::CrossesBelow(_) | Rule::Crosses(_) | Rule::Enters(..) | Rule::Exits(..) => true,
        Rule::Mean(_, op) | Rule::Obv(_, op) | Rule::Vwap(_, op) => *op >= 2,
        Rule::All(rules) => rules.iter().any(is_event),
        _ => false,
    }
}

/// A lone condition on candles.
fn is_of_bars(rule: &Rule) -> bool {
    matches!(rule, Rule::Mean(..) | Rule::Obv(..) | Rule::Vwap(..) | Rule::Volume(_))
}

pub fn uses_bars(rule: &Rule) -> bool {
    match rule {
        Rule::All(rules) => rules.iter().any(uses_bars),
        rule => is_of_bars(rule),
    }
}

pub fn uses_moves(rule: &Rule) -> bool {
    match rule {
        Rule::All(rules) => rules.iter().any(uses_moves),
        rule => matches!(rule, Rule::Moved(..)),
    }
}

pub fn is_about_prices(rule: &Rule) -> bool {
    !uses_bars(rule) && !uses_moves(rule)
}

/// A lone indicator or volume, and everything at bar close, is judged on closed candles only.
pub fn looks_at_ticks(alert: &Watched) -> bool {
    !matches!(alert.mode, Mode::AtClose(_)) && !is_of_bars(&alert.rule)
}
