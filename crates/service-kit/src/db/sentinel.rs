//! Notices that the database has fallen silent.

use std::{sync::Arc, time::Duration};

use tokio::{runtime::Handle, sync::watch, time::timeout};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::{
    failure::Unavailable,
    line::{CutOnDrop, Dialer, Line, drive},
};

/// How long the database may take to answer an empty question.
///
/// Together with the patience it stays below two seconds; it is the longer part, because a machine that is short of
/// processors answers late and must not lose its connections for it.
const PROBE_DEADLINE: Duration = Duration::from_millis(1_100);

/// Looks at the connections; where one gets no answer for long, asks over a new one whether anybody is there.
///
/// A long statement is no silence as long as the probe is answered. Where it isn't, all connections are cut, and
/// requests for one are refused at once until a probe is answered again.
#[derive(Clone)]
pub(super) struct Sentinel {
    dialer: Arc<Dialer>,
    is_silent: watch::Receiver<bool>,
    guard: Arc<DropGuard>,
    runtime: Handle,
}

impl Sentinel {
    pub(super) fn start(dialer: Arc<Dialer>, patience: Duration, runtime: &Handle) -> Self {
        let stop = CancellationToken::new();
        let (silence, is_silent) = watch::channel(false);
        let watching = watch_lines(dialer.clone(), patience, silence);
        runtime.spawn(stop.clone().run_until_cancelled_owned(watching));
        Self {
            dialer,
            is_silent,
            guard: Arc::new(stop.drop_guard()),
            runtime: runtime.clone(),
        }
    }

    pub(super) fn stop(&self) {
        self.guard.token().cancel();
    }

    /// Waits until the database is known to be silent; for ever while it isn't.
    pub(super) async fn silent(&self) {
        if *self.is_silent.borrow() {
            return;
        }
        let mut is_silent = self.is_silent.clone();
        if is_silent.wait_for(|is_silent| *is_silent).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Asks over a connection of its own.
    pub(super) async fn probe(&self) -> Result<(), Unavailable> {
        let dialer = self.dialer.clone();
        let probing = self.runtime.spawn(async move { probe(&dialer).await });
        probing
            .await
            .unwrap_or_else(|error| Err(Unavailable::new(error.to_string())))
    }
}

async fn watch_lines(dialer: Arc<Dialer>, patience: Duration, silence: watch::Sender<bool>) {
    let step = (patience / 6).max(Duration::from_millis(10));
    loop {
        tokio::time::sleep(step).await;
        if !dialer.lines().iter().any(|line| line.silence() > patience) {
            continue;
        }
        let Err(error) = probe(&dialer).await else {
            // Somebody is there and busy; no need to ask again at once.
            tokio::time::sleep(patience).await;
            continue;
        };
        tracing::warn!(%error, "the database has fallen silent, its connections are cut");
        silence.send_replace(true);
        dialer.lines().iter().for_each(|line| line.cut());
        while probe(&dialer).await.is_err() {
            tokio::time::sleep(step).await;
        }
        tracing::info!("the database answers again");
        silence.send_replace(false);
    }
}

async fn probe(dialer: &Dialer) -> Result<(), Unavailable> {
    let asking = async {
        let line = Arc::new(Line::new());
        let _cut = CutOnDrop(line.clone());
        let (client, connection) = dialer
            .dial(line.clone())
            .await
            .map_err(|error| Unavailable::new(error.to_string()))?;
        let driver = tokio::spawn(drive(connection, line));
        let answer = client.simple_query("").await;
        drop(client);
        // With its client gone the driver says goodbye to the server and ends.
        drop(driver.await);
        answer.map(drop).map_err(|error| Unavailable::new(error.to_string()))
    };
    timeout(PROBE_DEADLINE, asking)
        .await
        .unwrap_or_else(|_| Err(Unavailable::new("no answer in time")))
}
