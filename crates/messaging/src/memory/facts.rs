use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use contracts::CONSUMERS;
use domain::EventId;
use tokio::sync::{Notify, broadcast, watch};

use crate::{Acker, BrokerError, Deliveries, Delivery, OutgoingFact, PublishError};

const LIVE_BUFFER: usize = 4_096;

/// All queues of one process.
pub(super) struct Facts {
    queues: HashMap<String, Arc<Queue>>,
    live: broadcast::Sender<OutgoingFact>,
    limit: usize,
}

/// A durable queue and its dead letters.
struct Queue {
    ready: Lane,
    dead: Lane,
}

#[derive(Default)]
struct Lane {
    messages: Mutex<VecDeque<Message>>,
    arrived: Notify,
}

struct Message {
    fact: OutgoingFact,
    is_redelivered: bool,
    settled: Settled,
}

/// Tells the publisher when the last queue has settled its message: every clone is dropped then.
#[derive(Clone)]
struct Settled(#[allow(dead_code, reason = "held for its drop")] Arc<watch::Sender<()>>);

impl Lane {
    fn lock(&self) -> MutexGuard<'_, VecDeque<Message>> {
        // A panic cannot leave a deque half changed: each critical section is one call.
        self.messages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push_back(&self, message: Message) {
        self.lock().push_back(message);
        self.arrived.notify_one();
    }

    fn push_front(&self, message: Message) {
        self.lock().push_front(message);
        self.arrived.notify_one();
    }
}

impl Facts {
    pub(super) fn new(limit: u32) -> Self {
        let queues = CONSUMERS
            .iter()
            .map(|consumer| {
                (
                    consumer.service.to_owned(),
                    Arc::new(Queue {
                        ready: Lane::default(),
                        dead: Lane::default(),
                    }),
                )
            })
            .collect();
        Self {
            queues,
            live: broadcast::channel(LIVE_BUFFER).0,
            limit: usize::try_from(limit).unwrap_or(usize::MAX),
        }
    }

    /// Puts a fact into every queue that is bound to its context. The answer resolves when all have settled it.
    pub(super) fn publish(
        &self,
        fact: OutgoingFact,
    ) -> Result<impl Future<Output = ()> + Send + 'static, PublishError> {
        let targets: Vec<Arc<Queue>> = match &fact.target_service {
            Some(service) => self.queues.get(service).cloned().into_iter().collect(),
            None => bound_to(&fact.routing_key)
                .filter_map(|service| self.queues.get(service).cloned())
                .collect(),
        };
        if targets.is_empty() && fact.is_mandatory {
            return Err(PublishError::Unroutable(fact.routing_key));
        }
        if targets.iter().any(|queue| queue.ready.lock().len() >= self.limit) {
            return Err(PublishError::Refused);
        }
        let (sender, mut receiver) = watch::channel(());
        let settled = Settled(Arc::new(sender));
        for queue in targets {
            // A publisher that gave up waiting tries again: the copy that is still here will do.
            if !queue.replace_waiter(fact.id, &settled) {
                queue.ready.push_back(Message {
                    fact: fact.clone(),
                    is_redelivered: false,
                    settled: settled.clone(),
                });
            }
        }
        drop(settled);
        if fact.target_service.is_none() {
            // Nobody listening is fine.
            let _ = self.live.send(fact);
        }
        Ok(async move { while receiver.changed().await.is_ok() {} })
    }

    pub(super) fn depth(&self, service: &str) -> Option<u64> {
        let queue = self.queues.get(service)?;
        u64::try_from(queue.ready.lock().len()).ok()
    }

    pub(super) fn consume(&self, service: &str, prefetch: usize) -> Result<Box<dyn Deliveries>, BrokerError> {
        let queue = self.queue(service)?;
        let permits = Arc::new(tokio::sync::Semaphore::new(prefetch.max(1)));
        Ok(Box::new(QueueDeliveries {
            queue,
            permits,
            is_dead: false,
        }))
    }

    pub(super) fn consume_dead(&self, service: &str) -> Result<Box<dyn Deliveries>, BrokerError> {
        Ok(Box::new(QueueDeliveries {
            queue: self.queue(service)?,
            permits: Arc::new(tokio::sync::Semaphore::new(1)),
            is_dead: true,
        }))
    }

    pub(super) fn listen(&self, contexts: &[&str]) -> Box<dyn Deliveries> {
        Box::new(LiveDeliveries {
            receiver: self.live.subscribe(),
            contexts: contexts.iter().map(|context| (*context).to_owned()).collect(),
        })
    }

    fn queue(&self, service: &str) -> Result<Arc<Queue>, BrokerError> {
        self.queues
            .get(service)
            .cloned()
            .ok_or_else(|| BrokerError(format!("{service} has no queue")))
    }
}

fn context_of(routing_key: &str) -> &str {
    routing_key.split('.').next().unwrap_or_default()
}

fn bound_to(routing_key: &str) -> impl Iterator<Item = &'static str> {
    let context = context_of(routing_key).to_owned();
    CONSUMERS
        .iter()
        .filter(move |consumer| consumer.contexts.contains(&context.as_str()))
        .map(|consumer| consumer.service)
}

impl Queue {
    fn replace_waiter(&self, id: EventId, settled: &Settled) -> bool {
        let mut messages = self.ready.lock();
        match messages.iter_mut().find(|message| message.fact.id == id) {
            Some(message) => {
                message.settled = settled.clone();
                true
            }
            None => false,
        }
    }
}

struct QueueDeliveries {
    queue: Arc<Queue>,
    permits: Arc<tokio::sync::Semaphore>,
    is_dead: bool,
}

impl QueueDeliveries {
    fn lane(&self) -> &Lane {
        if self.is_dead {
            &self.queue.dead
        } else {
            &self.queue.ready
        }
    }
}

#[async_trait]
impl Deliveries for QueueDeliveries {
    async fn next(&mut self) -> Result<Delivery, BrokerError> {
        let permit = Arc::clone(&self.permits)
            .acquire_owned()
            .await
            .map_err(|_| BrokerError("the queue was closed".to_owned()))?;
        loop {
            let message = self.lane().lock().pop_front();
            if let Some(message) = message {
                return Ok(Delivery {
                    body: message.fact.body.clone(),
                    is_redelivered: message.is_redelivered,
                    is_replay: message.fact.target_service.is_some(),
                    acker: Box::new(MemoryAcker {
                        queue: Arc::clone(&self.queue),
                        is_dead: self.is_dead,
                        message: Some(message),
                        _permit: permit,
                    }),
                });
            }
            self.lane().arrived.notified().await;
        }
    }
}

struct MemoryAcker {
    queue: Arc<Queue>,
    is_dead: bool,
    message: Option<Message>,
    _permit: tokio::sync::OwnedSemaphorePermit,
}

#[async_trait]
impl Acker for MemoryAcker {
    async fn ack(mut self: Box<Self>) -> Result<(), BrokerError> {
        self.message = None;
        Ok(())
    }

    async fn reject(mut self: Box<Self>) -> Result<(), BrokerError> {
        if let Some(message) = self.message.take() {
            self.queue.dead.push_back(message);
        }
        Ok(())
    }
}

impl Drop for MemoryAcker {
    fn drop(&mut self) {
        if let Some(message) = self.message.take() {
            let lane = if self.is_dead {
                &self.queue.dead
            } else {
                &self.queue.ready
            };
            lane.push_front(Message {
                is_redelivered: true,
                ..message
            });
        }
    }
}

struct LiveDeliveries {
    receiver: broadcast::Receiver<OutgoingFact>,
    contexts: Vec<String>,
}

#[async_trait]
impl Deliveries for LiveDeliveries {
    async fn next(&mut self) -> Result<Delivery, BrokerError> {
        loop {
            match self.receiver.recv().await {
                Ok(fact)
                    if self
                        .contexts
                        .iter()
                        .any(|context| context == context_of(&fact.routing_key)) =>
                {
                    return Ok(Delivery {
                        body: fact.body,
                        is_redelivered: false,
                        is_replay: false,
                        acker: Box::new(NothingToSay),
                    });
                }
                Ok(_) => {}
                // Who is too slow to show everything shows the newest.
                Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => {
                    return Err(BrokerError("the broker was closed".to_owned()));
                }
            }
        }
    }
}

pub(crate) struct NothingToSay;

#[async_trait]
impl Acker for NothingToSay {
    async fn ack(self: Box<Self>) -> Result<(), BrokerError> {
        Ok(())
    }

    async fn reject(self: Box<Self>) -> Result<(), BrokerError> {
        Ok(())
    }
}
