//! WebSocket providers: connect, subscribe, listen, and come back.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use domain::Source;
use futures_util::{SinkExt, StreamExt};
use tokio::{net::TcpStream, sync::mpsc, time::timeout};
use tokio_tungstenite::{
    Connector, MaybeTlsStream, WebSocketStream, connect_async_tls_with_config,
    tungstenite::{Message, protocol::WebSocketConfig},
};

use super::live::{Heard, Said, report, settings};
use crate::{
    domain::providers::{
        Frame, binance, coinbase, kraken,
        session::{Next, Session, pause_before},
    },
    error::{Error, Result},
    jobs::status::SourceState,
    state::State,
};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

const CONNECT_DEADLINE: Duration = Duration::from_secs(5);
/// How often what an administrator has set is read again.
const SETTINGS_PERIOD: Duration = Duration::from_secs(5);
/// No message of a provider is longer.
const MAX_MESSAGE: usize = 1 << 20;
/// So many assets are subscribed to, by rank.
const MAX_ASSETS: usize = 100;

/// Opens a socket.
pub async fn connect(url: &str) -> Result<Socket> {
    connect_through(url, None).await
}

/// Opens a socket through TLS of one's own, or else trusting whom browsers trust.
async fn connect_through(url: &str, tls: Option<Connector>) -> Result<Socket> {
    let mut config = WebSocketConfig::default();
    config.max_message_size = Some(MAX_MESSAGE);
    config.max_frame_size = Some(MAX_MESSAGE);
    let opening = connect_async_tls_with_config(url, Some(config), true, tls);
    match timeout(CONNECT_DEADLINE, opening).await {
        Ok(Ok((socket, _))) => Ok(socket),
        Ok(Err(error)) => Err(Error::Feed(error.to_string())),
        Err(_) => Err(Error::Feed("no connection in time".to_owned())),
    }
}

/// Listens to a provider until nobody wants to hear it any more.
pub async fn run(state: Arc<State>, source: Source, heard: mpsc::Sender<Heard>) -> Result<()> {
    let mut session = Session::new(Instant::now());
    let mut attempt = 0;
    while !heard.is_closed() {
        if settings(&state, source).await.is_some_and(|row| !row.enabled) {
            report(&state, source, SourceState::Disabled, None).await;
            wait_for_change(&state, Duration::from_secs(10)).await?;
            continue;
        }
        let outcome = match connect(state.config.providers.of(source)).await {
            Ok(socket) => {
                session.reconnected(Instant::now());
                Connection {
                    state: &state,
                    source,
                    heard: &heard,
                    session: &mut session,
                    attempt: &mut attempt,
                }
                .listen(socket)
                .await
            }
            Err(error) => Err(error),
        };
        let why = match outcome {
            Ok(Ended::Disabled) => continue,
            Ok(Ended::Closed(why)) => why,
            Err(Error::Feed(why)) => why,
            Err(error) => return Err(error),
        };
        tracing::warn!(source = %source, why, "the stream ended, it will be opened again");
        report(&state, source, SourceState::Down, Some(why)).await;
        let pause = pause_before(attempt, rand::random());
        attempt += 1;
        state.pause(pause).await?;
    }
    Err(Error::Stopping)
}

async fn wait_for_change(state: &State, longest: Duration) -> Result<()> {
    tokio::select! {
        () = state.settings_changed.notified() => Ok(()),
        outcome = state.pause(longest) => outcome,
    }
}

enum Ended {
    Closed(String),
    Disabled,
}

struct Connection<'a> {
    state: &'a State,
    source: Source,
    heard: &'a mpsc::Sender<Heard>,
    session: &'a mut Session,
    attempt: &'a mut u32,
}

impl Connection<'_> {
    async fn listen(&mut self, mut socket: Socket) -> Result<Ended> {
        let request = self.subscription();
        write(&mut socket, Message::text(request)).await?;
        let mut second = tokio::time::interval(Duration::from_secs(1));
        // Somebody else's change, or one that came while a message was taken in, is not told.
        let mut settings_due = tokio::time::interval(SETTINGS_PERIOD);
        loop {
            tokio::select! {
                message = socket.next() => {
                    self.session.heard(Instant::now());
                    match message {
                        None => return Ok(Ended::Closed("the provider closed the stream".to_owned())),
                        Some(Err(error)) => return Ok(Ended::Closed(error.to_string())),
                        Some(Ok(Message::Text(text))) => {
                            if let Some(why) = self.take(&text).await? {
                                return Ok(Ended::Closed(why));
                            }
                        }
                        Some(Ok(Message::Close(_))) => return Ok(Ended::Closed("the provider closed the stream".to_owned())),
                        Some(Ok(_)) => {}
                    }
                }
                _ = second.tick() => match self.session.next(Instant::now()) {
                    Next::Wait => {}
                    Next::Ping => write(&mut socket, Message::Ping(Vec::new().into())).await?,
                    Next::GiveUp => return Ok(Ended::Closed("the provider fell silent".to_owned())),
                },
                () = self.state.settings_changed.notified() => settings_due.reset_immediately(),
                _ = settings_due.tick() => {
                    if settings(self.state, self.source).await.is_some_and(|row| !row.enabled) {
                        return Ok(Ended::Disabled);
                    }
                }
            }
        }
    }

    /// Takes a message in; says why the connection has to end, if it has to.
    async fn take(&mut self, text: &str) -> Result<Option<String>> {
        let frame = match self.source {
            Source::Coinbase => coinbase::parse(text),
            Source::Kraken => kraken::parse(text),
            _ => binance::parse(text),
        };
        match frame {
            Frame::Quotes(quotes, bad) => {
                let items = &self.state.metrics.bad_items;
                items
                    .with_label_values(&[self.source.as_str(), "unreadable"])
                    .inc_by(bad as u64);
                let said: Vec<Said> = quotes
                    .into_iter()
                    .filter(|quote| self.session.is_new(quote))
                    .map(Said::Quote)
                    .collect();
                if !said.is_empty() {
                    *self.attempt = 0;
                    report(self.state, self.source, SourceState::Live, None).await;
                    self.heard
                        .send(Heard {
                            source: self.source,
                            said,
                        })
                        .await
                        .map_err(|_| Error::Stopping)?;
                }
            }
            Frame::Alive => {}
            // One asset that a provider does not have is no reason to lose the others.
            Frame::Refused(why) => tracing::warn!(source = %self.source, why, "a subscription was refused"),
            Frame::Closing => return Ok(Some("the provider is about to restart".to_owned())),
            Frame::Unreadable => {
                self.state
                    .metrics
                    .bad_items
                    .with_label_values(&[self.source.as_str(), "no_json"])
                    .inc();
            }
        }
        Ok(None)
    }

    fn subscription(&self) -> String {
        let market = self.state.market();
        let mut entries: Vec<_> = market.entries().filter(|entry| entry.asset.facts.enabled).collect();
        entries.sort_by_key(|entry| (entry.asset.facts.rank.unwrap_or(u32::MAX), entry.id().clone()));
        let mut bases: Vec<String> = Vec::new();
        for entry in entries.into_iter().take(MAX_ASSETS) {
            let base = entry.asset.facts.symbol.to_string();
            let is_plain = base.bytes().all(|byte| byte.is_ascii_alphanumeric());
            if is_plain && !bases.contains(&base) {
                bases.push(base);
            }
        }
        match self.source {
            Source::Coinbase => coinbase::subscribe(&bases),
            Source::Kraken => kraken::subscribe(&bases),
            _ => binance::subscribe(&bases),
        }
    }
}

async fn write(socket: &mut Socket, message: Message) -> Result<()> {
    match timeout(CONNECT_DEADLINE, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(Error::Feed(error.to_string())),
        Err(_) => Err(Error::Feed("the provider takes nothing".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tls_stub::TlsStub, *};

    #[tokio::test]
    async fn reliability_39_a_stream_whose_certificate_has_expired_is_not_opened() {
        let asked_of = async |provider: &TlsStub| {
            let url = provider.url("wss");
            let opened = connect_through(&url, Some(Connector::Rustls(provider.trusting()))).await;
            opened.err().map(|error| error.to_string()).unwrap_or_default()
        };
        let (valid, expired) = (TlsStub::start(4000).await, TlsStub::start(2020).await);
        // The stub speaks no WebSocket: it is enough that it was asked for one.
        assert!(asked_of(&valid).await.contains("200 OK"));
        assert!(valid.requests()[0].to_lowercase().contains("upgrade: websocket"));

        let why = asked_of(&expired).await;
        assert!(why.contains("certificate expired"), "{why}");
        assert_eq!(expired.requests(), [""; 0]);
        assert_eq!(expired.connections_in_plain(), 0, "it was asked without TLS");
    }
}
