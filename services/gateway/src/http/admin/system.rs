//! How each service is doing.

use std::collections::BTreeMap;

use actix_web::{get, web::Data};
use serde::Serialize;
use service_kit::{
    ApiResult,
    health::CheckReport,
    http::{Envelope, Ok200},
    identity::AdminCaller,
    instances::{self, Instance},
    vitals::Vitals,
};
use utoipa::ToSchema;

use super::stats::known;
use crate::state::{SERVICES, State};

/// Whether a service can do its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ServiceState {
    /// Everything that it needs answers.
    Ready,
    /// Something that can wait does not answer.
    Degraded,
    /// Something that it needs does not answer.
    NotReady,
    /// It stops.
    Draining,
    /// It does not answer itself.
    Down,
}

/// One service. Figures of requests, outbox and tick log are those of the instance that answered.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServiceView {
    name: &'static str,
    state: ServiceState,
    /// Whether requests may be sent to it.
    ready: bool,
    #[schema(required)]
    version: Option<String>,
    /// Its running processes, oldest first; null where that is not known.
    #[schema(required)]
    instances: Option<Vec<Instance>>,
    /// What it depends on, and how that is.
    checks: BTreeMap<String, CheckReport>,
    /// Requests answered since the instance was started.
    #[schema(required)]
    requests: Option<u64>,
    /// Half of the requests took no longer, in milliseconds.
    #[schema(required)]
    p50_ms: Option<f64>,
    /// 99 of 100 requests took no longer, in milliseconds.
    #[schema(required)]
    p99_ms: Option<f64>,
    /// Facts that wait in the service's queue; null without a queue.
    #[schema(required)]
    queue_depth: Option<u64>,
    /// Facts that were given up and wait for a person; null without a database.
    #[schema(required)]
    dead_letters: Option<i64>,
    /// Facts that wait for the broker.
    #[schema(required)]
    outbox_rows: Option<u64>,
    /// The age of the oldest of them, in seconds.
    #[schema(required)]
    outbox_age_seconds: Option<f64>,
    /// Messages of the tick log by which each reader is behind the foremost one.
    log_lag: BTreeMap<String, u64>,
}

/// Every service: version, instances, state, queue, dead letters, lag and latency.
#[utoipa::path(tag = "admin", security(("bearer" = [])), responses(
    (status = 200, description = "The services, the gateway last", body = Envelope<Vec<ServiceView>>),
))]
#[get("/api/admin/system/")]
pub async fn read_system(state: Data<State>, _: AdminCaller) -> ApiResult<Ok200<Vec<ServiceView>>> {
    let cache = &state.context.cache;
    let mut views = Vec::new();
    let all = vitals(&state).await;
    let newest = newest_read(&all);
    for (name, vitals) in all {
        let heard = instances::list(cache, name, state.context.clock.now()).await.ok();
        views.push(view(name, heard, vitals, &newest));
    }
    Ok(Ok200(views))
}

/// The vitals of every service; `None` for one that does not answer.
pub(super) async fn vitals(state: &State) -> Vec<(&'static str, Option<Vitals>)> {
    let client = &state.context.client;
    let asked = SERVICES.iter().map(async |service| {
        let answer = client.get(service, "/internal/vitals").send::<Vitals>().await;
        (*service, known(answer))
    });
    let mut all = futures_util::future::join_all(asked).await;
    let own = service_kit::vitals::read(&state.context).await;
    all.push((crate::SERVICE, own.ok()));
    all
}

/// The newest offset that any reader of the tick log has come to, by partition.
fn newest_read(all: &[(&'static str, Option<Vitals>)]) -> BTreeMap<String, u64> {
    let mut newest = BTreeMap::new();
    let readers = all.iter().filter_map(|(_, vitals)| vitals.as_ref());
    for (partition, offset) in readers.flat_map(|vitals| vitals.log_read.values().flatten()) {
        let known = newest.entry(partition.clone()).or_insert(*offset);
        *known = (*known).max(*offset);
    }
    newest
}

/// How many messages of the tick log each reader is behind the foremost one, all partitions together.
fn log_lag(vitals: &Vitals, newest: &BTreeMap<String, u64>) -> BTreeMap<String, u64> {
    let lag = |read: &BTreeMap<String, u64>| {
        let behind =
            |(partition, offset): (&String, &u64)| newest.get(partition).unwrap_or(offset).saturating_sub(*offset);
        read.iter().map(behind).sum()
    };
    let readers = vitals.log_read.iter();
    readers.map(|(reader, read)| (reader.clone(), lag(read))).collect()
}

fn view(
    name: &'static str,
    heard: Option<Vec<Instance>>,
    vitals: Option<Vitals>,
    newest: &BTreeMap<String, u64>,
) -> ServiceView {
    let state = vitals
        .as_ref()
        .map_or(ServiceState::Down, |vitals| vitals.status.into());
    let outbox = vitals.as_ref().filter(|vitals| vitals.dead_letters.is_some());
    ServiceView {
        name,
        state,
        ready: matches!(state, ServiceState::Ready | ServiceState::Degraded),
        version: vitals.as_ref().map(|vitals| vitals.instance.version.clone()),
        instances: heard,
        requests: vitals.as_ref().map(|vitals| vitals.requests),
        p50_ms: vitals.as_ref().and_then(|vitals| vitals.p50_ms),
        p99_ms: vitals.as_ref().and_then(|vitals| vitals.p99_ms),
        queue_depth: vitals.as_ref().and_then(|vitals| vitals.queue_depth),
        dead_letters: vitals.as_ref().and_then(|vitals| vitals.dead_letters),
        outbox_rows: outbox.map(|vitals| vitals.outbox.rows),
        outbox_age_seconds: outbox.map(|vitals| vitals.outbox.age_seconds),
        checks: vitals.as_ref().map(|vitals| vitals.checks.clone()).unwrap_or_default(),
        log_lag: vitals.map(|vitals| log_lag(&vitals, newest)).unwrap_or_default(),
    }
}
