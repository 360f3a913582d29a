//! What happens without a request. Every job may run in several processes at once.

use std::{sync::Arc, time::Duration};

use service_kit::Tasks;

use crate::{
    error::Error,
    state::State,
    store::{lockouts, mails, revocations, sessions, signing_keys, stats},
};

const PRUNE_PERIOD: Duration = Duration::from_secs(60);
const COUNT_PERIOD: Duration = Duration::from_secs(15);
/// Mails are kept for a while after their token ended, so that asking for too many of them is noticed.
const MAILS_KEPT: Duration = Duration::from_secs(24 * 3600);

/// Starts the jobs.
pub fn spawn(tasks: &mut Tasks, state: &Arc<State>) {
    let period = Duration::from_secs(state.config.key_refresh_seconds.max(1));
    spawn_job(tasks, ("signing keys", period), state, reload_keys);
    spawn_job(tasks, ("pruning", PRUNE_PERIOD), state, prune);
    spawn_job(tasks, ("counting", COUNT_PERIOD), state, count);
}

fn spawn_job<F>(
    tasks: &mut Tasks,
    (name, period): (&'static str, Duration),
    state: &Arc<State>,
    job: fn(Arc<State>) -> F,
) where
    F: Future<Output = Result<(), Error>> + Send + 'static,
{
    let state = state.clone();
    tasks.spawn_periodic(name, period, move || {
        let running = job(state.clone());
        async move { Ok(running.await?) }
    });
}

async fn reload_keys(state: Arc<State>) -> Result<(), Error> {
    let mut conn = state.conn().await?;
    state.signing_keys.reload(&mut conn, &state.keyring, state.now()).await
}

async fn prune(state: Arc<State>) -> Result<(), Error> {
    let now = state.now();
    let mut conn = state.conn().await?;
    sessions::prune(&mut conn, now).await?;
    lockouts::prune(&mut conn, now, state.config.lockout_policy()).await?;
    mails::prune(&mut conn, now.minus(MAILS_KEPT)).await?;
    revocations::prune(&mut conn, now).await?;
    signing_keys::prune(&mut conn, now).await?;
    Ok(())
}

async fn count(state: Arc<State>) -> Result<(), Error> {
    let counts = stats::count(&mut *state.conn().await?, state.now()).await?;
    state.metrics.users.set(counts.users);
    state.metrics.sessions.set(counts.active_sessions);
    Ok(())
}
