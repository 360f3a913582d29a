//! Asks other services for what streams tell of theirs.

use std::{collections::HashSet, sync::Arc, time::Duration};

use bytes::Bytes;
use domain::{AssetId, Timestamp};
use futures_util::{StreamExt, stream::FuturesUnordered};
use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use crate::{
    domain::stream::{
        live::{Answer, Kind, LISTED, Question},
        table::Given,
    },
    state::State,
};

/// How often it is looked whether something has to be asked.
const BEAT: Duration = Duration::from_millis(50);
/// How many questions to one service are open at once; more wait, so that streams can't crowd it.
const AT_ONCE: usize = 8;
/// How many of the newest candles are asked for where only the open one moves.
const NEWEST_CANDLES: usize = 3;
/// How long an answer may take.
const DEADLINE: Duration = Duration::from_secs(5);

/// Asks one service until this one stops.
pub async fn ask(state: Arc<State>, service: &'static str) -> anyhow::Result<()> {
    let mut open = FuturesUnordered::new();
    let mut beat = tokio::time::interval(BEAT);
    loop {
        tokio::select! {
            _ = beat.tick() => {}
            Some(()) = open.next() => {}
        }
        let room = AT_ONCE - open.len().min(AT_ONCE);
        let now = state.streams.now();
        for question in state.streams.live().due(service, now, room) {
            open.push(put(&state, question));
        }
    }
}

async fn put(state: &State, question: Question) {
    let answer = answer(state, &question).await;
    let now = state.streams.now();
    match answer {
        Ok(answer) => {
            let news = state.streams.live().answered(&question, answer, now);
            if let Some(topic) = news {
                topic.wake();
            }
        }
        Err(error) => {
            tracing::warn!(
                service = question.kind.service(),
                error = format!("{error:#}"),
                "a stream's news could not be asked for"
            );
            state.streams.live().failed(&question, now);
        }
    }
}

async fn answer(state: &State, question: &Question) -> anyhow::Result<Answer> {
    match &question.kind {
        Kind::Candles(asset, interval) => {
            let limit = match question.is_whole {
                true => String::new(),
                false => format!("&limit={NEWEST_CANDLES}"),
            };
            let path = format!("/api/ohlc/{asset}/?interval={}{limit}", interval.as_str());
            candles(&get::<Vec<Box<RawValue>>>(state, question, &path).await?)
        }
        Kind::Portfolio => {
            let view = get::<Box<RawValue>>(state, question, "/api/virtual-portfolio/").await?;
            portfolio(&view)
        }
        Kind::Orders => orders(state, question).await,
        Kind::Notifications => {
            let path = format!("/api/notifications/?unread=true&limit={LISTED}");
            let list = get::<Vec<Box<RawValue>>>(state, question, &path).await?;
            Ok(Answer {
                rows: listed(&list)?,
                ..Answer::default()
            })
        }
    }
}

/// An answer's envelope, its data as it was written.
#[derive(Deserialize)]
struct Envelope<T> {
    data: T,
}

async fn get<T: for<'de> Deserialize<'de>>(state: &State, question: &Question, path: &str) -> anyhow::Result<T> {
    let service = question.kind.service();
    let call = state.context.client.get(service, path).within(DEADLINE);
    let call = match &question.user {
        Some(user) => call.as_user(user),
        None => call,
    };
    let (status, text) = call.text().await?;
    anyhow::ensure!(status == 200, "{service} answered {status}");
    let Envelope { data } = serde_json::from_str(&text)?;
    Ok(data)
}

fn bytes(raw: &RawValue) -> Bytes {
    Bytes::copy_from_slice(raw.get().as_bytes())
}

fn candles(rows: &[Box<RawValue>]) -> anyhow::Result<Answer> {
    #[derive(Deserialize)]
    struct Stamped {
        timestamp: Timestamp,
    }
    let mut given = Vec::with_capacity(rows.len());
    for row in rows {
        let Stamped { timestamp } = serde_json::from_str(row.get())?;
        given.push(Given {
            key: timestamp.millis().to_string(),
            place: timestamp.millis(),
            data: bytes(row),
        });
    }
    Ok(Answer {
        rows: given,
        ..Answer::default()
    })
}

fn portfolio(view: &RawValue) -> anyhow::Result<Answer> {
    #[derive(Deserialize)]
    struct Holdings {
        holdings: Vec<Holding>,
    }
    #[derive(Deserialize)]
    struct Holding {
        asset_id: AssetId,
    }
    let Holdings { holdings } = serde_json::from_str(view.get())?;
    let given = Given {
        key: String::new(),
        place: 0,
        data: bytes(view),
    };
    Ok(Answer {
        rows: vec![given],
        held: holdings.into_iter().map(|holding| holding.asset_id).collect(),
        ..Answer::default()
    })
}

async fn orders(state: &State, question: &Question) -> anyhow::Result<Answer> {
    let path = format!("/api/virtual-portfolio/orders/?limit={LISTED}");
    let list = get::<Vec<Box<RawValue>>>(state, question, &path).await?;
    let rows = listed(&list)?;
    let known: HashSet<&str> = rows.iter().map(|row| row.key.as_str()).collect();
    let mut others = Vec::new();
    for order in &question.orders {
        let id = order.uuid().to_string();
        if known.contains(id.as_str()) {
            continue;
        }
        // Older than the whole list, and yet it moved.
        let path = format!("/api/virtual-portfolio/orders/{id}/");
        let mut view = get::<Value>(state, question, &path).await?;
        if let Some(members) = view.as_object_mut() {
            members.remove("trade");
            members.remove("linked_order");
        }
        others.push(Given {
            key: id,
            place: i64::MAX,
            data: serde_json::to_vec(&view)?.into(),
        });
    }
    Ok(Answer {
        rows,
        others,
        ..Answer::default()
    })
}

/// The rows of a list, newest first, in the order of their making.
fn listed(list: &[Box<RawValue>]) -> anyhow::Result<Vec<Given>> {
    #[derive(Deserialize)]
    struct Named {
        id: String,
    }
    let mut rows = Vec::with_capacity(list.len());
    for (place, row) in (0_i64..).zip(list) {
        let Named { id } = serde_json::from_str(row.get())?;
        rows.push(Given {
            key: id,
            place,
            data: bytes(row),
        });
    }
    rows.reverse();
    Ok(rows)
}
