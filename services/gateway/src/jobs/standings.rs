//! Ends what is private on a stream when its sign-in ends: with the token, the session, the account, the key.

use std::{collections::HashSet, sync::Arc, time::Duration};

use domain::Timestamp;
use futures_util::{StreamExt, stream};

use crate::{
    domain::stream::link::{Ended, Link, Standing},
    error::Error,
    http::caller::api_token,
    state::State,
};

/// How often sign-ins are looked after. Well below the 5 s within which a logout holds everywhere.
const ROUND: Duration = Duration::from_millis(500);
/// How many personal API tokens are asked about at once.
const AT_ONCE: usize = 8;

/// Looks after all sign-ins until the service stops.
pub async fn look_after(state: Arc<State>) -> anyhow::Result<()> {
    loop {
        tokio::time::sleep(ROUND).await;
        let standings: Vec<(Arc<Link>, Standing)> = state
            .streams
            .links()
            .into_iter()
            .filter_map(|link| link.standing().map(|standing| (link, standing)))
            .collect();
        let revoked = revoked_tokens(&state, &standings).await;
        let now = state.context.clock.now();
        for (link, standing) in &standings {
            let is_revoked = revoked.contains(&standing.fingerprint) || is_ended(&state, standing);
            if is_expired(standing, now) {
                link.end_standing(standing, Ended::Expired);
            } else if is_revoked {
                link.end_standing(standing, Ended::Revoked);
            }
        }
    }
}

fn is_expired(standing: &Standing, now: Timestamp) -> bool {
    standing.expires_at.is_some_and(|end| end <= now)
}

fn is_ended(state: &State, standing: &Standing) -> bool {
    let is_over = standing
        .user
        .session
        .is_some_and(|session| state.tokens.is_ended(session));
    let has_key = standing
        .key
        .as_ref()
        .is_none_or(|key| state.tokens.keys.load().knows(key));
    is_over || !has_key
}

/// The personal API tokens among them that count no more. While auth is away, what is known goes on counting.
async fn revoked_tokens(state: &State, standings: &[(Arc<Link>, Standing)]) -> HashSet<[u8; 32]> {
    let tokens: HashSet<[u8; 32]> = standings
        .iter()
        .filter(|(_, standing)| standing.key.is_none())
        .map(|(_, standing)| standing.fingerprint)
        .collect();
    let asked = stream::iter(tokens).map(async |token| (token, api_token(state, &token).await));
    let answers: Vec<_> = asked.buffer_unordered(AT_ONCE).collect().await;
    let refused = answers
        .into_iter()
        .filter_map(|(token, answer)| matches!(answer, Err(Error::BadToken)).then_some(token));
    refused.collect()
}
