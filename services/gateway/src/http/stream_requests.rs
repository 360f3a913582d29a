use std::{rc::Rc, sync::Arc, time::Duration};

use contracts::Scope;
use service_kit::ApiError;

use super::{caller, stream::Client};
use crate::domain::stream::{
    channel::Channel,
    live::Kind,
    request::{Op, Refusal, Request, UNAVAILABLE},
    topic::{Topic, Watch},
};

/// How long an asset that is not known is asked for.
const LEARNING: Duration = Duration::from_secs(2);

/// Does what a message asks for, or says why not.
pub(super) async fn answer(client: &Rc<Client>, text: &str) {
    let now = client.state.streams.now();
    let is_admitted = client.connection.borrow_mut().admit_message(now);
    let request = match is_admitted {
        true => Request::parse(text),
        false => Err(Refusal::new(None, "too_many_messages", "too many messages, send fewer")),
    };
    let received = &client.state.metrics.stream.received;
    let refusals = match request {
        Ok(Request::Subscribe(channels)) => {
            received.with_label_values(&[Op::Subscribe.as_str()]).inc();
            learn_of(client, &channels).await;
            subscribe(client, &channels)
        }
        Ok(Request::Unsubscribe(channels)) => {
            received.with_label_values(&[Op::Unsubscribe.as_str()]).inc();
            unsubscribe(client, &channels)
        }
        Ok(Request::Auth(token)) => {
            received.with_label_values(&[Op::Auth.as_str()]).inc();
            sign_in(client, &token).await
        }
        Ok(Request::Ping) => {
            received.with_label_values(&[Op::Ping.as_str()]).inc();
            client.connection.borrow_mut().pong();
            Vec::new()
        }
        Err(refusal) => vec![refusal],
    };
    if !refusals.is_empty() {
        received.with_label_values(&["refused"]).inc();
        client.connection.borrow_mut().refuse(&refusals);
    }
}

/// Asks for the assets once more where one is named that is not known: it may be a moment old.
async fn learn_of(client: &Client, names: &[String]) {
    let streams = &client.state.streams;
    let is_unknown = |name: &String| match Channel::parse(name) {
        Ok(Channel::Ticker(symbol) | Channel::Candles(symbol, _)) => streams.prices().resolve(&symbol).is_none(),
        _ => false,
    };
    if names.iter().any(is_unknown) {
        let refreshed = streams.refreshed.notified();
        streams.outdated.notify_one();
        // Without an answer the asset is as unknown as before.
        drop(tokio::time::timeout(LEARNING, refreshed).await);
    }
}

fn subscribe(client: &Client, names: &[String]) -> Vec<Refusal> {
    let limit = client.state.config.stream.max_channels;
    let mut refusals = Vec::new();
    for name in names {
        let refuse = |code, message: String| Refusal::new(Some(Op::Subscribe), code, message);
        let found = match Channel::parse(name) {
            Ok(channel) => find(client, &channel).map(|topic| (channel, topic)),
            Err(unknown) => Err(("unknown_channel", unknown.to_string())),
        };
        let mut connection = client.connection.borrow_mut();
        match found {
            Err((code, why)) => refusals.push(refuse(code, format!("{}: {why}", shortened(name)))),
            Ok(_) if !connection.hears(name) && connection.len() >= limit => {
                let why = format!("{name}: a connection hears at most {limit} channels");
                refusals.push(refuse("too_many_channels", why));
            }
            Ok((channel, topic)) => {
                let watch = Watch::new(topic, client.link());
                connection.subscribe(name, watch, channel.is_private());
            }
        }
    }
    refusals
}

/// The topic of a channel, or why there is none for this client.
fn find(client: &Client, channel: &Channel) -> Result<Arc<Topic>, (&'static str, String)> {
    let streams = &client.state.streams;
    let unknown = || match streams.prices().is_complete() {
        true => ("unknown_symbol", "no such asset".to_owned()),
        false => (UNAVAILABLE, "the assets are not known yet, try again".to_owned()),
    };
    match channel {
        Channel::AllTickers => Ok(streams.prices().all()),
        Channel::Ticker(symbol) => {
            let found = streams.prices().resolve(symbol);
            found.map(|(_, topic)| topic).ok_or_else(unknown)
        }
        Channel::Candles(symbol, interval) => {
            let (asset, _) = streams.prices().resolve(symbol).ok_or_else(unknown)?;
            let topic = streams.live().candles(&asset, *interval);
            topic.ok_or_else(|| (UNAVAILABLE, "too many series are followed, try again later".to_owned()))
        }
        Channel::Notifications => private(client, Kind::Notifications),
        Channel::Portfolio => private(client, Kind::Portfolio),
        Channel::Orders => private(client, Kind::Orders),
    }
}

fn private(client: &Client, kind: Kind) -> Result<Arc<Topic>, (&'static str, String)> {
    let Some(standing) = client.link().standing() else {
        return Err((
            "unauthorized",
            "sign in first: {\"op\": \"auth\", \"token\": \"…\"}".to_owned(),
        ));
    };
    let may_read = standing
        .user
        .scopes
        .as_ref()
        .is_none_or(|scopes| scopes.contains(&Scope::Read));
    if !may_read {
        return Err(("forbidden", "the API token lacks the scope read".to_owned()));
    }
    Ok(client.state.streams.live().private(standing.user, kind))
}

fn unsubscribe(client: &Client, names: &[String]) -> Vec<Refusal> {
    let mut connection = client.connection.borrow_mut();
    let mut refusals = Vec::new();
    for name in names {
        match connection.hears(name) {
            true => connection.unsubscribe(name),
            false => refusals.push(Refusal::new(
                Some(Op::Unsubscribe),
                "not_subscribed",
                format!("{}: this connection does not hear it", shortened(name)),
            )),
        }
    }
    refusals
}

async fn sign_in(client: &Client, token: &str) -> Vec<Refusal> {
    match caller::identify_token(&client.state, token).await {
        Ok(standing) => {
            client.sign_in(standing);
            Vec::new()
        }
        Err(error) => {
            let error = ApiError::from(error);
            let (code, message) = (error.code().to_owned(), error.message().to_owned());
            vec![Refusal::new(Some(Op::Auth), code, message)]
        }
    }
}

/// A name as far as it is worth repeating.
fn shortened(name: &str) -> String {
    name.chars().take(60).collect()
}
