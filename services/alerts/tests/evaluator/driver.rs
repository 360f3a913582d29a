//! Turns a random story into the same input for the evaluator and for the model, and compares what both tell.

use std::collections::HashMap;

use alerts::domain::{Arrival, Memory};

use crate::{
    model::{Entry, Mode, Model, Rule, Told, Watched},
    real::{Real, alert, alert_id},
};

/// What the newest known price is when an alert is armed, against where the evaluator stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Known {
    Present,
    /// The API knew a tick that is so many behind the evaluator's.
    Behind(usize),
    /// The API knew a tick that the evaluator has yet to read.
    Ahead(usize),
    Nothing,
}

#[derive(Debug, Clone)]
pub enum Action {
    Entry(Entry),
    /// Creates the alert of this number, or edits it.
    Put {
        alert: usize,
        asset: usize,
        rule: Rule,
        mode: Mode,
        cooldown: i64,
        expires: Option<i64>,
        known: Known,
    },
    Remove(usize),
    Rearm(usize),
    /// The process dies and goes on from what it had committed.
    Restart,
    /// Entries of the past come again.
    Repeat(usize),
}

/// What the evaluator alone tells of a story about alerts that are armed before its first price.
pub fn tell(actions: &[Action]) -> Vec<Told> {
    let (mut real, model) = (Real::default(), Model::default());
    for (index, action) in actions.iter().enumerate() {
        match action {
            Action::Entry(entry) => {
                real.step(entry);
                real.record(entry);
            }
            Action::Put { .. } => {
                real.evaluator.put(
                    &alert(&watched(action, 1, &actions[index..], &model), Memory::default()),
                    Arrival::New,
                );
                real.collect();
            }
            _ => {}
        }
    }
    real.told
}

/// Runs the story on both, and fails at the first action after which they differ.
pub fn compare(actions: &[Action]) -> usize {
    let (mut real, mut model) = (Real::default(), Model::default());
    let mut versions: HashMap<usize, u32> = HashMap::new();
    let mut fired = 0;
    for (index, action) in actions.iter().enumerate() {
        match action {
            Action::Entry(entry) => {
                // What market-data has stored by then ends at the entry before.
                real.step(entry);
                real.record(entry);
                model.step(entry);
            }
            Action::Put { alert, .. } => {
                let version = versions.entry(*alert).and_modify(|version| *version += 1).or_insert(1);
                let watched = watched(action, *version, &actions[index..], &model);
                real.memories.remove(&alert_id(*alert));
                arm(&mut real, &mut model, watched, Memory::default());
            }
            Action::Remove(alert) => {
                real.evaluator.remove(alert_id(*alert));
                model.alerts.retain(|held| held.alert != *alert);
            }
            Action::Rearm(alert) => rearm(&mut real, &mut model, *alert),
            Action::Restart => real.restart(&model.alerts),
            Action::Repeat(back) => {
                let past = actions[index.saturating_sub(*back)..index].iter();
                for entry in past.filter_map(|action| {
                    if let Action::Entry(entry @ Entry::Tick(_)) = action {
                        Some(entry)
                    } else {
                        None
                    }
                }) {
                    real.step(entry);
                    model.step(entry);
                }
            }
        }
        let sort = |told: &mut Vec<Told>| told.sort_by(|left, right| left.partial_cmp(right).expect("comparable"));
        sort(&mut real.told);
        sort(&mut model.told);
        assert_eq!(
            real.told, model.told,
            "after action {index}: {action:?}\nalerts: {:#?}",
            model.alerts
        );
        fired += model.told.len();
        real.told.clear();
        model.told.clear();
    }
    fired
}

fn arm(real: &mut Real, model: &mut Model, watched: Watched, memory: Memory) {
    real.evaluator.put(&alert(&watched, memory), Arrival::New);
    real.collect();
    model.arm(watched);
}

fn rearm(real: &mut Real, model: &mut Model, number: usize) {
    let Some(held) = model.alerts.iter().find(|held| held.alert == number).cloned() else {
        return;
    };
    let memory = real
        .memories
        .get(&alert_id(number))
        .cloned()
        .unwrap_or_default()
        .rearmed();
    real.memories.insert(alert_id(number), memory.clone());
    let last = model.last(held.asset);
    let watched = Watched {
        base: last.map(|tick| (tick.seq, tick.price, tick.at)),
        is_active: true,
        is_latched: false,
        is_blind: false,
        recent: Vec::new(),
        ..held
    };
    arm(real, model, watched, memory);
}

fn watched(action: &Action, version: u32, ahead: &[Action], model: &Model) -> Watched {
    let Action::Put {
        alert,
        asset,
        rule,
        mode,
        cooldown,
        expires,
        known,
    } = action
    else {
        panic!("not a put")
    };
    let counted = |action: &Action| match action {
        Action::Entry(Entry::Tick(tick)) if tick.asset == *asset && !tick.is_late => Some(*tick),
        _ => None,
    };
    let last = model.last(*asset);
    let tick = match known {
        Known::Present => last,
        Known::Behind(_) => last,
        Known::Ahead(by) => ahead.iter().filter_map(counted).take(*by).last().or(last),
        Known::Nothing => None,
    };
    let base = match known {
        // An older price of the same asset, one step away.
        Known::Behind(by) => last
            .filter(|tick| tick.seq > *by as u64)
            .map(|tick| (tick.seq - *by as u64, (tick.price + 3).min(1014), tick.at)),
        _ => tick.map(|tick| (tick.seq, tick.price, tick.at)),
    };
    Watched {
        alert: *alert,
        version,
        asset: *asset,
        rule: rule.clone(),
        mode: *mode,
        cooldown: *cooldown,
        expires: *expires,
        base,
        is_active: true,
        is_latched: false,
        is_blind: false,
        bucket: None,
        fired_seq: None,
        notified: None,
        recent: Vec::new(),
    }
}
