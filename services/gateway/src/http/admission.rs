use std::{net::IpAddr, time::Duration};

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use service_kit::{cache::Count, identity::Caller};

use crate::{
    config::Switch,
    domain::{
        rates::{Standing, WINDOW, standing},
        routes::Class,
    },
    error::Error,
    state::State,
};

const LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("ratelimit-reset");

/// Counts a request against its caller's limit; `None` where nothing is counted.
///
/// The count is shared by all gateways; while the shared counter is gone, each counts for itself.
pub(super) async fn admit(
    state: &State,
    class: Class,
    caller: &Caller,
    address: IpAddr,
) -> Result<Option<Standing>, Error> {
    if state.config.rate_limits == Switch::Off {
        return Ok(None);
    }
    let limits = &state.config.limits;
    let (key, limit) = match (class, caller) {
        (Class::Doors, _) => (format!("rate:doors:{address}"), limits.doors_per_minute),
        (Class::Rest, Caller::User(user)) => (format!("rate:user:{}", user.id.uuid()), limits.user_per_minute),
        (Class::Public | Class::Rest, _) => (format!("rate:public:{address}"), limits.public_per_minute),
    };
    let count = match state.context.cache.increment(&key, 1, WINDOW).await {
        Ok(count) => count,
        Err(gone) => {
            tracing::debug!(%gone, "counting requests in this process alone");
            state.local_counts.increment(&key, 1, WINDOW).await?
        }
    };
    Ok(Some(judge(state, limit, count)))
}

/// Counts `by` more tokens that count for nothing against the address that they come from; `None` where nothing is counted.
/// Guessing costs work that no other count covers. Each gateway counts for itself: every request with a token asks.
pub(super) async fn bad_tokens(state: &State, address: IpAddr, by: u64) -> Result<Option<Standing>, Error> {
    if state.config.rate_limits == Switch::Off {
        return Ok(None);
    }
    let key = format!("rate:bad-tokens:{address}");
    let count = state.local_counts.increment(&key, by, WINDOW).await?;
    Ok(Some(judge(state, state.config.limits.public_per_minute, count)))
}

fn judge(state: &State, limit: u64, count: Count) -> Standing {
    let standing = standing(limit, count.value, count.resets_in);
    if !standing.is_allowed {
        state.metrics.refused.with_label_values(&["rate_limit"]).inc();
    }
    standing
}

/// Why a caller who has none left is refused.
pub(super) fn refusal(standing: &Standing) -> Error {
    Error::TooManyRequests {
        retry_after: Duration::from_secs(standing.seconds()),
    }
}

/// Tells the client how it stands.
pub(super) fn tell(standing: &Standing, headers: &mut HeaderMap) {
    for (name, value) in [
        (LIMIT, standing.limit),
        (REMAINING, standing.remaining),
        (RESET, standing.seconds()),
    ] {
        headers.insert(name, HeaderValue::from(value));
    }
}
