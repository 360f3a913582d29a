use std::{
    cell::RefCell,
    pin::Pin,
    rc::Rc,
    sync::Arc,
    task::{Context, Poll},
};

use actix_web::{
    HttpRequest, HttpResponse,
    body::{BodyStream, BoxBody},
    get,
    http::header::{HeaderMap, ORIGIN},
    web::{Data, Payload, ReqData},
};
use actix_ws::{AggregatedMessage, AggregatedMessageStream, ProtocolError};
use bytes::{Bytes, BytesMut};
use futures_util::Stream;
use service_kit::{ApiError, ApiResult, http::SocketNumber};
use utoipa::ToSchema;

use super::{caller, cors, front::Visitor, stream_requests, stream_socket};
use crate::{
    domain::{
        origins::Origins,
        stream::{
            connection::Connection,
            frame::Close,
            link::{Link, Standing},
            registry::{Full, Place},
            request::Refusal,
            ticker::Ticker,
        },
    },
    error::Error,
    state::State,
};

/// How much is handed to the socket at once.
const PIECE: usize = 4 * 1024;

/// A message about a channel.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes messages in the document")]
pub(super) struct StreamMessage {
    /// The channel, as it was subscribed to.
    #[schema(example = "ticker:BTC")]
    channel: String,
    /// All of it, or what changed.
    r#type: StreamMessageType,
    /// Counts the messages of this channel on this connection, from 1, without gaps.
    #[schema(minimum = 1)]
    seq: u64,
    /// What it tells.
    data: StreamData,
}

/// Whether a message tells all of a channel or what changed.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[allow(dead_code, reason = "describes messages in the document")]
enum StreamMessageType {
    Snapshot,
    Update,
}

/// `ticker:SYMBOL`, and updates of `ticker:*`: a ticker; the snapshot of `ticker:*`: all of them, by rank. `candles:…`,
/// `orders` and `notifications`: a list of rows as `/api/ohlc/{symbol}/`, `/api/virtual-portfolio/orders/` and
/// `/api/notifications/?unread=true` show them, then single rows. `portfolio`: as `/api/virtual-portfolio/`.
#[derive(ToSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "describes messages in the document")]
enum StreamData {
    Ticker(Ticker),
    Tickers(Vec<Ticker>),
    #[schema(value_type = Object)]
    Object(serde_json::Value),
    #[schema(value_type = Vec<Object>)]
    Objects(Vec<serde_json::Value>),
}

/// Prices, candles, and what is the user's own, as they change: a WebSocket.
///
/// The client sends `{"op": "subscribe", "channels": ["ticker:*", "ticker:BTC", "candles:BTC:1m"]}`, `unsubscribe` alike,
/// `{"op": "ping"}`, and `{"op": "auth", "token": "…"}` before it subscribes to `notifications`, `portfolio` or `orders`.
/// Beside messages about channels the server sends `{"type": "authenticated", "expires_at"}`, `{"type": "pong"}` and
/// `{"type": "error", "op", "code", "message"}`; the 11th bad message closes. A snapshot comes first, and again where
/// updates would not do.
#[utoipa::path(
    tag = "stream",
    responses(
        (status = 101, description = "A WebSocket; its messages look like this", body = StreamMessage),
        (status = 400, description = "The request does not ask for a WebSocket"),
        (status = 401, description = "The access token of the request counts for nothing"),
        (status = 403, description = "Pages of this origin may not open streams"),
        (status = 429, description = "Too many requests, or too many streams from this address"),
        (status = 503, description = "Too many streams, or the server stops"),
    )
)]
#[get("/api/stream")]
pub(super) async fn open_stream(
    state: Data<State>,
    visitor: ReqData<Visitor>,
    request: HttpRequest,
    payload: Payload,
) -> ApiResult<HttpResponse> {
    check_origin(request.headers(), &state.origins)?;
    let standing = caller::identify(&state, request.headers()).await?;
    let place = state
        .streams
        .enter(visitor.address, state.config.stream.room())
        .map_err(|full| refuse(&state, full))?;
    let (response, _, messages) = actix_ws::handle(&request, payload)
        .map_err(|_| ApiError::bad_request("this path answers with a WebSocket; connect with a WebSocket client"))?;
    let state = state.into_inner();
    let client = Rc::new(Client::new(state, place));
    if let Some(standing) = standing {
        client.sign_in(standing);
    }
    let limit = client.state.config.stream.max_message_bytes;
    let messages = messages
        .max_frame_size(limit)
        .aggregate_continuations()
        .max_continuation_size(limit);
    let socket = request.conn_data::<SocketNumber>().copied();
    actix_web::rt::spawn(listen(Rc::clone(&client), messages, socket));
    let (response, theirs) = response.into_parts();
    let body = Outgoing {
        client,
        buffer: BytesMut::with_capacity(PIECE),
        _theirs: theirs,
    };
    Ok(response.set_body(BoxBody::new(BodyStream::new(body))))
}

/// A browser says which page opens the stream: one of ours, one that the operator named, or one of this very server.
fn check_origin(headers: &HeaderMap, origins: &Origins) -> Result<(), Error> {
    let count = headers.get_all(ORIGIN).count();
    if count == 0 || (count == 1 && cors::allowed(headers, origins).is_some()) {
        return Ok(());
    }
    Err(Error::ForeignOrigin)
}

fn refuse(state: &State, full: Full) -> Error {
    let label = match full {
        Full::Address => "streams_per_address",
        Full::Everywhere => "streams",
        Full::Closing => "stopping",
    };
    state.metrics.refused.with_label_values(&[label]).inc();
    Error::NoRoom(full)
}

/// One connection, as its reading and its writing half share it: both live on the same worker thread.
pub(super) struct Client {
    /// What requests share.
    pub(super) state: Arc<State>,
    /// What it hears, and what it is told next.
    pub(super) connection: RefCell<Connection>,
    place: Place,
}

impl Client {
    fn new(state: Arc<State>, place: Place) -> Self {
        state.metrics.stream.clients.inc();
        Self {
            state,
            connection: RefCell::default(),
            place,
        }
    }

    /// The connection, as seen from outside.
    pub(super) fn link(&self) -> &Arc<Link> {
        self.place.link()
    }

    /// Somebody speaks on it from now on.
    pub(super) fn sign_in(&self, standing: Standing) {
        let mut connection = self.connection.borrow_mut();
        connection.sign_in(standing.user.id, standing.expires_at);
        self.link().stand(standing);
    }

    fn close(&self, why: Close) {
        self.link().close(why, self.state.streams.now());
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let metrics = &self.state.metrics.stream;
        metrics.clients.dec();
        let why = self.connection.get_mut().closing().map_or("gone", Close::as_str);
        metrics.closed.with_label_values(&[why]).inc();
    }
}

/// Hears what the client says until the connection ends.
async fn listen(client: Rc<Client>, mut messages: AggregatedMessageStream, socket: Option<SocketNumber>) {
    loop {
        let message = tokio::select! {
            message = messages.recv() => message,
            () = client.link().cut() => {
                // The writing half holds the connection; where it is gone, so is the socket.
                if let Some(socket) = socket.filter(|_| Rc::strong_count(&client) > 1) {
                    stream_socket::cut(socket);
                }
                return;
            }
        };
        let Some(message) = message else { return };
        client.link().heard(client.state.streams.now());
        match message {
            Ok(AggregatedMessage::Text(text)) => stream_requests::answer(&client, &text).await,
            Ok(AggregatedMessage::Binary(_)) => {
                let refusal = Refusal::new(None, "unreadable", "the message must be text");
                client.connection.borrow_mut().refuse(&[refusal]);
            }
            Ok(AggregatedMessage::Ping(payload)) => client.connection.borrow_mut().pong_frame(payload),
            Ok(AggregatedMessage::Pong(_)) => continue,
            Ok(AggregatedMessage::Close(_)) => client.close(Close::Answered),
            Err(ProtocolError::Overflow) => client.close(Close::TooLong),
            Err(_) => client.close(Close::Broken),
        }
        client.link().wake();
    }
}

/// The body of the answer: asked for the next piece whenever the socket has room for it.
struct Outgoing {
    client: Rc<Client>,
    buffer: BytesMut,
    /// The library's own body, unused; when it is dropped, the messages of the client end.
    _theirs: BoxBody,
}

impl Stream for Outgoing {
    type Item = Result<Bytes, std::convert::Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let link = this.client.link();
        link.is_asked(context.waker());
        let orders = link.take_orders();
        let mut connection = this.client.connection.borrow_mut();
        if let Some(why) = orders.ended {
            connection.end_sign_in(why);
        }
        if orders.ping {
            connection.ping();
        }
        if let Some(why) = orders.close {
            connection.close(why);
        }
        this.buffer.reserve(PIECE);
        connection.fill(&mut this.buffer, PIECE);
        this.client.state.metrics.stream.told(connection.take_told());
        match (this.buffer.is_empty(), connection.is_over()) {
            (false, _) => Poll::Ready(Some(Ok(this.buffer.split().freeze()))),
            (true, true) => Poll::Ready(None),
            (true, false) => Poll::Pending,
        }
    }
}
