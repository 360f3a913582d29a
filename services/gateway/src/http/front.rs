//! What a request to the API meets first: may its page call, who is calling, and how often.

use std::net::IpAddr;

use actix_web::{
    HttpMessage, ResponseError,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header::AUTHORIZATION,
    middleware::Next,
    web::Data,
};
use service_kit::{
    ApiError,
    identity::{Caller, remember_caller},
};

use super::{
    admission::{self, admit, bad_tokens},
    caller::caller,
    client_address::client_address,
    cors,
};
use crate::{
    domain::{rates::Standing, routes},
    error::Error,
    state::State,
};

/// Who is on the other side of a request, once it was let in.
#[derive(Debug, Clone)]
pub(super) struct Visitor {
    /// Whose token it brought.
    pub(super) caller: Caller,
    /// Where it comes from.
    pub(super) address: IpAddr,
}

/// Lets a request in, or answers it at the door.
pub(super) async fn receive(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let Some(state) = request.app_data::<Data<State>>().cloned() else {
        return Err(ApiError::from(Error::NoState).into());
    };
    if let Some(answer) = cors::preflight(request.method(), request.headers(), &state.origins) {
        return Ok(request.into_response(answer));
    }
    state.calls.count();
    let origin = cors::allowed(request.headers(), &state.origins);
    let Entry { refusal, standing } = let_in(&state, &request).await.unwrap_or_else(|error| Entry {
        refusal: Some(error),
        standing: None,
    });
    let mut answer = match refusal {
        Some(error) => request.into_response(ApiError::from(error).error_response()),
        None => next.call(request).await?.map_into_boxed_body(),
    };
    if let Some(standing) = standing {
        admission::tell(&standing, answer.headers_mut());
    }
    cors::admit(origin, answer.headers_mut());
    Ok(answer)
}

/// What came of a request at the door.
struct Entry {
    /// Why it goes no further, if it does not.
    refusal: Option<Error>,
    /// How its caller stands, where requests are counted.
    standing: Option<Standing>,
}

impl Entry {
    fn of(standing: Option<Standing>) -> Self {
        let spent = standing.as_ref().filter(|standing| !standing.is_allowed);
        Self {
            refusal: spent.map(admission::refusal),
            standing,
        }
    }
}

async fn let_in(state: &State, request: &ServiceRequest) -> Result<Entry, Error> {
    let path = request.path();
    let address = client_address(request.request(), &state.config.trusted_proxies);
    let has_token = request.headers().contains_key(AUTHORIZATION);
    if has_token && let Some(spent) = bad_tokens(state, address, 0).await?.filter(|known| !known.is_allowed) {
        return Ok(Entry::of(Some(spent)));
    }
    let caller = match caller(state, request.headers()).await {
        // Whoever comes to be let in may still hold what has run out.
        Err(_) if routes::is_for_strangers(path) => Caller::Anonymous,
        Err(error) => {
            return Ok(Entry {
                refusal: Some(error),
                standing: bad_tokens(state, address, 1).await?,
            });
        }
        Ok(caller) => caller,
    };
    let standing = admit(state, routes::class(path), &caller, address).await?;
    remember_caller(request.request(), caller.clone());
    request.extensions_mut().insert(Visitor { caller, address });
    Ok(Entry::of(standing))
}
