//! What runs by itself: sending, gathering, copying users, tidying up.

mod attempt;
mod gather;
mod rate_limit;
mod silence;
mod snapshot;
mod upkeep;
mod worker;

use std::{sync::Arc, time::Duration};

use service_kit::Tasks;

use attempt::{Outcome, attempt};
use rate_limit::RateLimit;
use worker::{Lane, Worker};

use crate::state::State;

/// Starts all jobs.
pub fn spawn(tasks: &mut Tasks, state: &Arc<State>) {
    let stop = tasks.shutdown().clone();
    let limit = Arc::new(RateLimit::per_second(state.config.mail.per_second));
    for lane in [Lane::Mail, Lane::Web] {
        let worker = Worker {
            state: state.clone(),
            lane,
            limit: limit.clone(),
        };
        tasks.spawn(lane.name(), worker.run(stop.clone()));
    }
    let gathering = state.clone();
    tasks.spawn_periodic(
        "gather digests",
        Duration::from_millis(state.config.poll_ms.max(10)),
        move || gather::run(gathering.clone()),
    );
    tasks.spawn_droppable("copy users", snapshot::run(state.clone()));
    let tidying = state.clone();
    tasks.spawn_periodic("delete old notifications", Duration::from_secs(600), move || {
        upkeep::delete_old(tidying.clone())
    });
    let counting = state.clone();
    tasks.spawn_periodic("count pending", Duration::from_secs(10), move || {
        upkeep::count_pending(counting.clone())
    });
}
