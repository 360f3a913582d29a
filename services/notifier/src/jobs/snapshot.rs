use std::{sync::Arc, time::Duration};

use contracts::internal::UserSnapshot;
use messaging::Pause;
use tokio::time::sleep;

use crate::{state::State, store::contacts};

/// How often the copy is compared with auth's users.
const PERIOD: Duration = Duration::from_secs(3600);

/// Copies auth's users at the start, and again from time to time; facts keep the copy up to date in between.
pub async fn run(state: Arc<State>) -> anyhow::Result<()> {
    let mut pause = Pause::between(Duration::from_millis(500), Duration::from_secs(30));
    loop {
        match copy(&state).await {
            Ok(changed) => {
                tracing::info!(changed, "copied the users");
                state.wake.all();
                pause.reset();
                sleep(PERIOD).await;
            }
            Err(error) => {
                tracing::debug!(error = format!("{error:#}"), "the users can't be copied yet");
                pause.rest().await;
            }
        }
    }
}

async fn copy(state: &State) -> anyhow::Result<usize> {
    let mut path = "/internal/users".to_owned();
    let mut changed = 0;
    loop {
        let page: UserSnapshot = state.client.get("auth", &path).send().await?;
        let mut conn = state.db.get().await?;
        for facts in &page.users {
            changed += usize::from(contacts::upsert(&mut conn, facts).await?);
        }
        match page.next {
            Some(after) => path = format!("/internal/users?after={after}"),
            None => return Ok(changed),
        }
    }
}
