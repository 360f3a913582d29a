use std::collections::HashSet;

use futures_util::{FutureExt, StreamExt, stream::FuturesUnordered};
use lapin::{BasicProperties, Channel, Confirmation, options::BasicPublishOptions};
use tokio::sync::{mpsc, oneshot};

/// How many messages wait for the channel; whoever comes after them waits too, within its own deadline.
const WAITING: usize = 1_000;

/// A message on its way to the broker.
pub(super) struct Message {
    pub(super) exchange: String,
    pub(super) routing_key: String,
    pub(super) is_mandatory: bool,
    pub(super) body: Vec<u8>,
    pub(super) properties: BasicProperties,
}

/// What the broker said of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Taken,
    Returned,
    Refused,
}

/// Hands messages to the one task that publishes on a channel.
pub(super) struct Publisher {
    requests: mpsc::Sender<Request>,
}

struct Request {
    message: Message,
    reply: oneshot::Sender<lapin::Result<Answer>>,
}

/// What came back for one message.
struct Landed {
    number: u64,
    reply: oneshot::Sender<lapin::Result<Answer>>,
    result: lapin::Result<Confirmation>,
}

impl Publisher {
    /// A publisher, and the work of its task, which the caller has to run.
    pub(super) fn new(channel: Channel) -> (Self, impl Future<Output = ()> + Send + 'static) {
        let (requests, receiver) = mpsc::channel(WAITING);
        (Self { requests }, run(channel, receiver))
    }

    /// Publishes, and waits for the answer. `None` when the connection has ended meanwhile.
    pub(super) async fn publish(&self, message: Message) -> Option<lapin::Result<Answer>> {
        let (reply, answer) = oneshot::channel();
        self.requests.send(Request { message, reply }).await.ok()?;
        answer.await.ok()
    }
}

/// Publishes for everybody, one message after another.
///
/// Not each caller by itself, because the client library gives a returned message to whichever confirm comes next, and
/// when one confirm covers several messages, that may be any of them: a message that went nowhere looked delivered.
/// Here each message has a number, and a confirm counts only when all that came with it have been looked at.
async fn run(channel: Channel, mut requests: mpsc::Receiver<Request>) {
    let mut flights = FuturesUnordered::new();
    let mut returned = HashSet::new();
    let mut last = 0_u64;
    loop {
        let first = tokio::select! {
            request = requests.recv() => {
                let Some(request) = request else { return };
                last += 1;
                flights.push(fly(channel.clone(), last, request));
                continue;
            }
            Some(landed) = flights.next(), if !flights.is_empty() => landed,
        };
        // The confirm that carries a message's return was resolved before the message's own: it is among these.
        let mut landed = vec![first];
        while let Some(Some(next)) = flights.next().now_or_never() {
            landed.push(next);
        }
        returned.extend(landed.iter().filter_map(|landed| returned_number(&landed.result)));
        for Landed { number, reply, result } in landed {
            let is_returned = returned.remove(&number);
            // Whoever waits no longer has counted it as failed.
            let _ = reply.send(result.map(|confirmation| answer(&confirmation, is_returned)));
        }
    }
}

async fn fly(channel: Channel, number: u64, request: Request) -> Landed {
    let Request { message, reply } = request;
    let options = BasicPublishOptions {
        mandatory: message.is_mandatory,
        ..BasicPublishOptions::default()
    };
    let properties = message.properties.with_correlation_id(number.to_string().into());
    let result = async {
        let confirm = channel
            .basic_publish(
                message.exchange.into(),
                message.routing_key.into(),
                options,
                &message.body,
                properties,
            )
            .await?;
        confirm.await
    }
    .await;
    Landed { number, reply, result }
}

/// The number of the message that a confirm hands back, which need not be the one that it confirms.
fn returned_number(result: &lapin::Result<Confirmation>) -> Option<u64> {
    let Ok(Confirmation::Ack(Some(returned)) | Confirmation::Nack(Some(returned))) = result else {
        return None;
    };
    returned.properties.correlation_id().as_ref()?.as_str().parse().ok()
}

fn answer(confirmation: &Confirmation, is_returned: bool) -> Answer {
    match confirmation {
        Confirmation::Nack(_) => Answer::Refused,
        Confirmation::Ack(_) | Confirmation::NotRequested if is_returned => Answer::Returned,
        Confirmation::Ack(_) | Confirmation::NotRequested => Answer::Taken,
    }
}
