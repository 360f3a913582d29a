use contracts::contexts_of;
use lapin::{
    Channel, Connection, ConnectionProperties, ExchangeKind,
    options::{ExchangeDeclareOptions, ExchangeDeleteOptions, QueueBindOptions},
    types::FieldTable,
};

/// A hand on the broker beside the platform, to take its parts away and put them back.
pub struct Raw {
    channel: Channel,
    prefix: String,
    _connection: Connection,
}

impl Raw {
    pub async fn connect(url: &str, prefix: &str) -> Self {
        let connection = Connection::connect(url, ConnectionProperties::default())
            .await
            .expect("RabbitMQ must answer at AMQP_URL; `cargo xtask test` starts one");
        let channel = connection.create_channel().await.expect("channel");
        Self {
            channel,
            prefix: prefix.to_owned(),
            _connection: connection,
        }
    }

    /// Takes a context's facts away from a service's queue.
    pub async fn unbind(&self, service: &str, context: &str) {
        let (queue, exchange) = (self.name(service), self.name("facts"));
        self.channel
            .queue_unbind(
                queue.into(),
                exchange.into(),
                format!("{context}.#").into(),
                FieldTable::default(),
            )
            .await
            .expect("unbound");
    }

    /// Gives a service's queue all that it hears.
    pub async fn bind(&self, service: &str) {
        for context in contexts_of(service) {
            self.bind_to("facts", &self.name(service), &format!("{context}.#"))
                .await;
        }
    }

    /// Removes the exchange through which given-up facts go to their queues.
    pub async fn remove_dead_exchange(&self) {
        self.channel
            .exchange_delete(self.name("dead").into(), ExchangeDeleteOptions::default())
            .await
            .expect("deleted");
    }

    /// Makes it again, as the platform does.
    pub async fn restore_dead_exchange(&self, service: &str) {
        let options = ExchangeDeclareOptions {
            durable: true,
            ..Default::default()
        };
        self.channel
            .exchange_declare(
                self.name("dead").into(),
                ExchangeKind::Direct,
                options,
                FieldTable::default(),
            )
            .await
            .expect("declared");
        self.bind_to("dead", &self.name(&format!("{service}.dead")), &self.name(service))
            .await;
    }

    async fn bind_to(&self, exchange: &str, queue: &str, routing_key: &str) {
        self.channel
            .queue_bind(
                queue.into(),
                self.name(exchange).into(),
                routing_key.into(),
                QueueBindOptions::default(),
                FieldTable::default(),
            )
            .await
            .expect("bound");
    }

    fn name(&self, name: &str) -> String {
        format!("{}.{name}", self.prefix)
    }
}
