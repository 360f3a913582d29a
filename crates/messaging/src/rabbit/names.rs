use contracts::{CONSUMERS, PRODUCERS};

use crate::BrokerOptions;

/// What things are called on the broker.
///
/// Every exchange is for one purpose, and for one service to publish to: a right on RabbitMQ is a right on a name. For the
/// same reason nothing goes through the default exchange, which leads to every queue.
pub(crate) struct Names {
    prefix: String,
    partitions: u16,
}

/// Everything that there is on RabbitMQ for a platform, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topology {
    /// The queues, and the streams of the tick log.
    pub queues: Vec<String>,
    /// The exchanges.
    pub exchanges: Vec<String>,
}

impl Names {
    pub(crate) fn new(options: &BrokerOptions) -> Self {
        Self {
            prefix: options.prefix.clone(),
            partitions: options.partitions,
        }
    }

    /// Where the queues of facts are bound.
    pub(crate) fn facts(&self) -> String {
        format!("{}.facts", self.prefix)
    }

    /// Where facts of a context are told; they go on to [`Names::facts`].
    pub(crate) fn facts_of(&self, context: &str) -> String {
        if contexts().any(|known| known == context) {
            format!("{}.facts.{context}", self.prefix)
        } else {
            // Nobody is bound to it there either, and it comes back.
            self.facts()
        }
    }

    /// Where the broker itself puts what was given up.
    pub(crate) fn dead(&self) -> String {
        format!("{}.dead", self.prefix)
    }

    /// Where the tick log is written, under the number of the partition.
    pub(crate) fn ticks(&self) -> String {
        format!("{}.ticks", self.prefix)
    }

    /// Where processes send themselves signs of life.
    pub(crate) fn beats(&self) -> String {
        format!("{}.beats", self.prefix)
    }

    /// Where a service sends what it wants to try again.
    pub(crate) fn again(&self, service: &str) -> String {
        format!("{}.{service}.again", self.prefix)
    }

    pub(crate) fn queue(&self, service: &str) -> String {
        format!("{}.{service}", self.prefix)
    }

    pub(crate) fn dead_queue(&self, service: &str) -> String {
        format!("{}.{service}.dead", self.prefix)
    }

    pub(crate) fn log(&self, partition: u16) -> String {
        format!("{}.ticks.{partition}", self.prefix)
    }

    pub(crate) fn partitions(&self) -> std::ops::Range<u16> {
        0..self.partitions
    }
}

impl Topology {
    /// What a platform with these settings has.
    pub fn of(options: &BrokerOptions) -> Self {
        let names = Names::new(options);
        let services = || CONSUMERS.iter().map(|consumer| consumer.service);
        let own = services().flat_map(|service| [names.queue(service), names.dead_queue(service)]);
        let common = [names.facts(), names.dead(), names.ticks(), names.beats()];
        Self {
            queues: own
                .chain(names.partitions().map(|partition| names.log(partition)))
                .collect(),
            exchanges: common
                .into_iter()
                .chain(contexts().map(|context| names.facts_of(context)))
                .chain(services().map(|service| names.again(service)))
                .collect(),
        }
    }
}

/// Every context of which somebody tells facts.
pub(crate) fn contexts() -> impl Iterator<Item = &'static str> {
    PRODUCERS.iter().flat_map(|producer| producer.contexts.iter().copied())
}
