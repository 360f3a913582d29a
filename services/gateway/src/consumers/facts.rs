//! Facts that say what a stream has to ask for again.

use std::{sync::Arc, time::Duration};

use contracts::{
    AnyEvent, LISTENERS,
    events::{
        CandleClosed, NotificationCreated, OrderCancelled, OrderExpired, OrderFilled, OrderRejected, PortfolioChanged,
    },
};
use domain::{OrderId, UserId};
use messaging::BrokerError;

use crate::{SERVICE, domain::stream::live::Kind, state::State};

/// How soon a lost broker is asked again.
const PAUSE: Duration = Duration::from_millis(500);

/// Hears facts until the service stops. What was told while nothing was heard is asked for at its owners.
pub async fn hear(state: Arc<State>) -> anyhow::Result<()> {
    loop {
        let error = listen(&state).await;
        tracing::warn!(%error, "listening to facts was interrupted");
        tokio::time::sleep(PAUSE).await;
    }
}

async fn listen(state: &State) -> BrokerError {
    let heard = LISTENERS.iter().find(|listener| listener.service == SERVICE);
    let contexts = heard.map_or(&[][..], |listener| listener.contexts);
    let mut deliveries = match state.context.broker.listen(contexts).await {
        Ok(deliveries) => deliveries,
        Err(error) => return error,
    };
    state.streams.live().outdated();
    state.streams.outdated.notify_one();
    loop {
        let delivery = match deliveries.next().await {
            Ok(delivery) => delivery,
            Err(error) => return error,
        };
        let heard = serde_json::from_slice::<AnyEvent>(&delivery.body).map_err(anyhow::Error::from);
        if let Err(error) = heard.and_then(|event| take_in(state, &event)) {
            tracing::warn!(error = format!("{error:#}"), "a fact could not be read");
        }
        if let Err(error) = delivery.acker.ack().await {
            return error;
        }
    }
}

fn take_in(state: &State, event: &AnyEvent) -> anyhow::Result<()> {
    if event.context() == "asset" {
        state.streams.outdated.notify_one();
        return Ok(());
    }
    // Where nobody hears anything of the kind, there is nothing to do.
    if state.streams.live().is_empty() {
        return Ok(());
    }
    if event.is::<CandleClosed>() {
        let candle = event.read::<CandleClosed>()?.0;
        state.streams.live().tick(&candle.asset, false);
    } else if event.is::<NotificationCreated>() {
        let user = event.read::<NotificationCreated>()?.user_id;
        state.streams.live().changed(user, &[Kind::Notifications], None);
    } else if event.is::<PortfolioChanged>() {
        let user = event.read::<PortfolioChanged>()?.user_id;
        let kinds = [Kind::Portfolio, Kind::Orders];
        state.streams.live().changed(user, &kinds, None);
    } else if let Some((user, order)) = order_of(event)? {
        let kinds = [Kind::Portfolio, Kind::Orders];
        state.streams.live().changed(user, &kinds, Some(order));
    }
    Ok(())
}

fn order_of(event: &AnyEvent) -> anyhow::Result<Option<(UserId, OrderId)>> {
    if event.is::<OrderFilled>() {
        let fact: OrderFilled = event.read()?;
        return Ok(Some((fact.user_id, fact.order_id)));
    }
    let ended = if event.is::<OrderCancelled>() {
        event.read::<OrderCancelled>()?.0
    } else if event.is::<OrderExpired>() {
        event.read::<OrderExpired>()?.0
    } else if event.is::<OrderRejected>() {
        event.read::<OrderRejected>()?.0
    } else {
        return Ok(None);
    };
    Ok(Some((ended.user_id, ended.order_id)))
}
