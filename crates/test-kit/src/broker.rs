use lapin::{
    Connection, ConnectionProperties,
    options::{ExchangeDeleteOptions, QueueDeleteOptions},
};
use messaging::BrokerOptions;
use uuid::Uuid;

use crate::amqp_url;

/// A name on the broker that belongs to one test. Dropping it removes what was made under it.
#[derive(Debug)]
pub struct BrokerPrefix {
    prefix: String,
    partitions: u16,
}

impl BrokerPrefix {
    /// A name that nobody else has, for a tick log of that many partitions.
    pub fn new(partitions: u16) -> Self {
        Self {
            prefix: format!("test-{}", Uuid::new_v4().simple()),
            partitions,
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.prefix
    }
}

impl Drop for BrokerPrefix {
    fn drop(&mut self) {
        let prefix = std::mem::take(&mut self.prefix);
        let partitions = self.partitions;
        let cleaner = std::thread::spawn(move || {
            let Ok(runtime) = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(1)
                .enable_all()
                .build()
            else {
                return;
            };
            runtime.block_on(async {
                // What cannot be removed stays behind under a name that nobody will use again.
                drop(clean(&prefix, partitions).await);
            });
        });
        drop(cleaner.join());
    }
}

async fn clean(prefix: &str, partitions: u16) -> lapin::Result<()> {
    let connection = Connection::connect(&amqp_url(), ConnectionProperties::default()).await?;
    let channel = connection.create_channel().await?;
    let options = BrokerOptions {
        prefix: prefix.to_owned(),
        partitions,
        ..BrokerOptions::new(amqp_url())
    };
    let topology = messaging::Topology::of(&options);
    for queue in topology.queues {
        channel
            .queue_delete(queue.into(), QueueDeleteOptions::default())
            .await?;
    }
    for exchange in topology.exchanges {
        channel
            .exchange_delete(exchange.into(), ExchangeDeleteOptions::default())
            .await?;
    }
    connection.close(200, "done".into()).await
}
