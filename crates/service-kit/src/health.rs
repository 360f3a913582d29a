//! Whether a service lives, and whether it is ready.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures_util::future::{BoxFuture, join_all};
use serde::{Deserialize, Serialize};
use tokio::{runtime::Handle, time::timeout};
use utoipa::ToSchema;

/// How long one check may take.
const CHECK_DEADLINE: Duration = Duration::from_secs(1);
/// How long the runtime may take to run an empty task.
const LIVE_DEADLINE: Duration = Duration::from_secs(5);

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckState {
    /// It answers.
    Up,
    /// It does not; the text says why.
    Down(String),
}

/// What a dependency's absence means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Importance {
    /// Nothing works without it: not ready.
    Required,
    /// Work goes on, some of it later: ready, degraded.
    Optional,
}

type Check = Arc<dyn Fn() -> BoxFuture<'static, CheckState> + Send + Sync>;

/// A service's dependencies, as `/health/ready` asks for them.
#[derive(Clone)]
pub struct Health {
    inner: Arc<Inner>,
}

struct Inner {
    service: &'static str,
    version: &'static str,
    is_draining: AtomicBool,
    checks: Mutex<Vec<(&'static str, Importance, Check)>>,
}

impl Health {
    /// Without checks.
    pub fn new(service: &'static str, version: &'static str) -> Self {
        let inner = Inner {
            service,
            version,
            is_draining: AtomicBool::new(false),
            checks: Mutex::default(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Adds a dependency. The check has a second; later counts as down.
    pub fn add<F>(&self, name: &'static str, importance: Importance, check: impl Fn() -> F + Send + Sync + 'static)
    where
        F: Future<Output = CheckState> + Send + 'static,
    {
        let check: Check = Arc::new(move || Box::pin(check()));
        self.inner
            .checks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push((name, importance, check));
    }

    /// From now on the service is not ready, because it stops.
    pub fn start_draining(&self) {
        self.inner.is_draining.store(true, Ordering::SeqCst);
    }

    /// Whether the service stops.
    pub fn is_draining(&self) -> bool {
        self.inner.is_draining.load(Ordering::SeqCst)
    }

    /// Asks every dependency.
    pub async fn report(&self) -> Report {
        let checks = self.inner.checks.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let asked = checks.into_iter().map(async |(name, importance, check)| {
            let state = timeout(CHECK_DEADLINE, check()).await;
            (
                name,
                importance,
                state.unwrap_or_else(|_| CheckState::Down("no answer within a second".to_owned())),
            )
        });
        let mut status = if self.is_draining() {
            Status::Draining
        } else {
            Status::Ready
        };
        let mut found = BTreeMap::new();
        for (name, importance, state) in join_all(asked).await {
            if matches!(state, CheckState::Down(_)) {
                status = status.after_loss(importance);
            }
            found.insert(name, CheckReport::from(state));
        }
        Report {
            status,
            service: self.inner.service,
            version: self.inner.version,
            checks: found,
        }
    }

    /// Whether the runtime that drives connections and tasks still runs tasks.
    pub(crate) async fn is_alive(&self, runtime: &Handle) -> bool {
        matches!(timeout(LIVE_DEADLINE, runtime.spawn(async {})).await, Ok(Ok(())))
    }
}

impl fmt::Debug for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Health({})", self.inner.service)
    }
}

/// The state of a service as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Everything answers.
    Ready,
    /// Something that can wait does not answer.
    Degraded,
    /// Something that is needed does not answer.
    NotReady,
    /// It stops.
    Draining,
}

impl Status {
    fn after_loss(self, importance: Importance) -> Self {
        match (self, importance) {
            (Self::Draining, _) => Self::Draining,
            (_, Importance::Required) => Self::NotReady,
            (Self::NotReady, Importance::Optional) => Self::NotReady,
            (_, Importance::Optional) => Self::Degraded,
        }
    }
}

/// The answer of `/health/ready`.
#[derive(Debug, Serialize)]
pub struct Report {
    /// The state as a whole.
    pub status: Status,
    service: &'static str,
    version: &'static str,
    /// Each dependency.
    pub checks: BTreeMap<&'static str, CheckReport>,
}

impl Report {
    /// Whether requests may be sent here.
    pub fn is_ready(&self) -> bool {
        matches!(self.status, Status::Ready | Status::Degraded)
    }
}

/// What a check found, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CheckReport {
    /// `up` or `down`.
    pub state: String,
    /// Why it is down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl From<CheckState> for CheckReport {
    fn from(state: CheckState) -> Self {
        let (state, error) = match state {
            CheckState::Up => ("up", None),
            CheckState::Down(error) => ("down", Some(error)),
        };
        Self {
            state: state.to_owned(),
            error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn health(database: CheckState, broker: CheckState) -> Health {
        let health = Health::new("alerts", "1");
        health.add("database", Importance::Required, move || {
            std::future::ready(database.clone())
        });
        health.add("broker", Importance::Optional, move || {
            std::future::ready(broker.clone())
        });
        health
    }

    #[tokio::test]
    async fn reliability_69_a_missing_broker_degrades_and_a_missing_database_is_named() {
        let down = || CheckState::Down("refused".to_owned());
        assert_eq!(
            health(CheckState::Up, CheckState::Up).report().await.status,
            Status::Ready
        );
        assert_eq!(health(CheckState::Up, down()).report().await.status, Status::Degraded);
        let report = health(down(), down()).report().await;
        assert!(!report.is_ready());
        let json = serde_json::to_value(&report).expect("json");
        assert_eq!(json["checks"]["database"]["error"], "refused");
    }

    #[tokio::test]
    async fn reliability_69_a_draining_service_is_not_ready() {
        let health = health(CheckState::Up, CheckState::Up);
        health.start_draining();
        assert_eq!(health.report().await.status, Status::Draining);
    }

    #[tokio::test(start_paused = true)]
    async fn a_check_that_hangs_counts_as_down() {
        let health = Health::new("alerts", "1");
        health.add("database", Importance::Required, std::future::pending);
        assert!(!health.report().await.is_ready());
    }
}
