//! What a request to the API meets first: may its page call, who is calling, and how often.

use std::{net::IpAddr, sync::Arc};

use actix_web::{
    HttpMessage, ResponseError,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{Method, header::AUTHORIZATION},
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
    cors, proxy,
    reads::SharedAnswer,
};
use crate::{
    domain::{
        guard::{Held, Importance},
        rates::Standing,
        routes::Place,
    },
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
    /// What it asks for.
    pub(super) place: Place,
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
    let Entry { way, standing } = let_in(&state, &request).await.unwrap_or_else(Entry::refused);
    let mut answer = match way {
        Way::Refused(error) => request.into_response(ApiError::from(error).error_response()),
        Way::Shared(known) => {
            let answer = known.respond(request.request()).await;
            request.into_response(answer)
        }
        Way::In => next.call(request).await?.map_into_boxed_body(),
    };
    if let Some(standing) = standing {
        admission::tell(&standing, answer.headers_mut());
    }
    cors::admit(origin, answer.headers_mut());
    Ok(answer)
}

/// What came of a request at the door.
struct Entry {
    way: Way,
    /// How its caller stands, where requests are counted.
    standing: Option<Standing>,
}

enum Way {
    /// It goes no further.
    Refused(Error),
    /// Somebody was given the answer a moment ago.
    Shared(Arc<SharedAnswer>),
    /// On to its route.
    In,
}

impl Entry {
    fn refused(why: Error) -> Self {
        Self {
            way: Way::Refused(why),
            standing: None,
        }
    }

    fn of(standing: Option<Standing>) -> Self {
        let spent = standing.as_ref().filter(|standing| !standing.is_allowed);
        Self {
            way: spent.map_or(Way::In, |spent| Way::Refused(admission::refusal(spent))),
            standing,
        }
    }
}

async fn let_in(state: &State, request: &ServiceRequest) -> Result<Entry, Error> {
    let place = Place::of(request.path());
    if let Some(held) = crowd(state, request.method(), &place) {
        return Err(proxy::refusal(state, held));
    }
    let address = client_address(request.request(), &state.config.trusted_proxies);
    let has_token = request.headers().contains_key(AUTHORIZATION);
    if has_token && let Some(spent) = bad_tokens(state, address, 0).await?.filter(|known| !known.is_allowed) {
        return Ok(Entry::of(Some(spent)));
    }
    let caller = match caller(state, request.headers()).await {
        // Whoever comes to be let in may still hold what has run out.
        Err(_) if place.is_for_strangers => Caller::Anonymous,
        Err(error) => {
            return Ok(Entry {
                way: Way::Refused(error),
                standing: bad_tokens(state, address, 1).await?,
            });
        }
        Ok(caller) => caller,
    };
    let mut entry = Entry::of(admit(state, place.class, &caller, address).await?);
    if matches!(entry.way, Way::In)
        && let Some(key) = state.reads.key(request.request(), &place, &caller)
        && let Some(known) = state.reads.get(&key)
    {
        entry.way = Way::Shared(known);
        return Ok(entry);
    }
    remember_caller(request.request(), caller.clone());
    request.extensions_mut().insert(Visitor { caller, address, place });
    Ok(entry)
}

/// Whether a request would be held back at its service's gate for want of room. In a flood that has to be found out
/// before anything else is: to ask who is calling, and to count it, costs more than to refuse. Only what has no body is
/// looked at: a body that is left unread ends the connection.
fn crowd(state: &State, method: &Method, place: &Place) -> Option<Held> {
    if method != Method::GET {
        return None;
    }
    let importance = place.importance(method.as_str());
    // What is shared needs no room.
    let is_full = importance != Importance::Low && state.guards.is_full(place.gate()?, importance);
    is_full.then_some(Held::Full)
}
