//! Each service's user of the broker may use what its service needs, and nothing of anybody else's.

use std::time::Duration;

use e2e::{Installation, OwnServer};
use lapin::{
    BasicProperties, Channel, Confirmation, Connection, ConnectionProperties, ErrorKind, ExchangeKind,
    options::{
        BasicConsumeOptions, BasicPublishOptions, BasicQosOptions, ConfirmSelectOptions, ExchangeDeclareOptions,
        ExchangeDeleteOptions, QueueBindOptions, QueueDeclareOptions, QueueDeleteOptions, QueuePurgeOptions,
    },
    protocol::{AMQPErrorKind, AMQPSoftError},
    types::{AMQPValue, FieldTable, ShortString},
};
use messaging::{BrokerOptions, Topology};

const TICKS: [&str; 3] = ["ticks.0", "ticks.1", "ticks.2"];
const ANSWER: Duration = Duration::from_secs(20);

/// What a service may do on the broker, by names without their prefix.
struct Allowed {
    service: &'static str,
    /// Exchanges that it publishes to.
    tells: Vec<&'static str>,
    /// Exchanges that it listens to.
    hears: Vec<&'static str>,
    /// Queues and streams that it reads.
    reads: Vec<&'static str>,
}

/// The least that each needs, in words of this test's own.
fn allowed() -> Vec<Allowed> {
    let of = |service, tells: &[&'static str], hears: &[&'static str], reads: &[&'static str]| Allowed {
        service,
        tells: [&["beats"], tells].concat(),
        hears: [&["beats"], hears].concat(),
        reads: reads.to_vec(),
    };
    let with_ticks = |own: [&'static str; 2]| [&own[..], &TICKS].concat();
    let live = [
        "facts.asset",
        "facts.candle",
        "facts.notification",
        "facts.order",
        "facts.portfolio",
    ];
    vec![
        of("auth", &["facts.user", "facts.session"], &[], &[]),
        of(
            "market-data",
            &["facts.asset", "facts.candle", "facts.feed", "ticks"],
            &[],
            &TICKS,
        ),
        of(
            "alerts",
            &["facts.alert", "alerts.again"],
            &[],
            &with_ticks(["alerts", "alerts.dead"]),
        ),
        of(
            "portfolio",
            &["facts.order", "facts.portfolio", "portfolio.again"],
            &[],
            &with_ticks(["portfolio", "portfolio.dead"]),
        ),
        of(
            "notifier",
            &["facts.notification", "notifier.again"],
            &[],
            &["notifier", "notifier.dead"],
        ),
        of("gateway", &[], &live, &TICKS),
    ]
}

/// One user's hands on the broker.
struct User {
    connection: Connection,
    service: &'static str,
}

impl User {
    async fn sign_in(platform: &Installation, service: &'static str) -> Self {
        let connection = Connection::connect(&platform.amqp_url_of(service), ConnectionProperties::default()).await;
        Self {
            connection: connection.expect("the service signs in"),
            service,
        }
    }

    /// Whether the broker lets it do something. A refusal closes the channel, so each try has one of its own.
    async fn may(&self, what: &str, deed: impl AsyncFnOnce(&Channel) -> lapin::Result<()>) -> bool {
        let channel = self.connection.create_channel().await.expect("a channel");
        let outcome = tokio::time::timeout(ANSWER, deed(&channel)).await.expect("an answer");
        match outcome {
            Ok(()) => {
                channel.close(200, "done".into()).await.expect("closed");
                true
            }
            Err(error) => {
                let ErrorKind::ProtocolError(cause) = error.kind() else {
                    panic!("{} {what}: {error}", self.service);
                };
                let refused = AMQPErrorKind::Soft(AMQPSoftError::ACCESSREFUSED);
                assert_eq!(*cause.kind(), refused, "{} {what}: {error}", self.service);
                false
            }
        }
    }

    async fn expect(&self, is_allowed: bool, what: &str, deed: impl AsyncFnOnce(&Channel) -> lapin::Result<()>) {
        let may = self.may(what, deed).await;
        assert_eq!(may, is_allowed, "{} {what}", self.service);
    }

    async fn try_exchange(&self, exchange: &str, may_tell: bool, may_hear: bool) {
        let name = || ShortString::from(exchange);
        self.expect(may_tell, &format!("publishes to {exchange}"), async |channel| {
            publish(channel, name(), "nowhere").await.map(drop)
        })
        .await;
        self.expect(may_hear, &format!("binds to {exchange}"), async |channel| {
            let queue = own_queue(channel, FieldTable::default()).await?;
            let key = queue.clone();
            channel
                .queue_bind(queue, name(), key, QueueBindOptions::default(), FieldTable::default())
                .await
        })
        .await;
        // What a queue gives up goes on to its dead-letter exchange, and nobody asks whose it was.
        self.expect(
            may_tell,
            &format!("lets letters die into {exchange}"),
            async |channel| {
                let mut arguments = FieldTable::default();
                arguments.insert("x-dead-letter-exchange".into(), AMQPValue::LongString(exchange.into()));
                own_queue(channel, arguments).await.map(drop)
            },
        )
        .await;
        self.expect(false, &format!("makes {exchange}"), async |channel| {
            let options = ExchangeDeclareOptions::default();
            channel
                .exchange_declare(name(), ExchangeKind::Topic, options, FieldTable::default())
                .await
        })
        .await;
        self.expect(false, &format!("removes {exchange}"), async |channel| {
            channel.exchange_delete(name(), ExchangeDeleteOptions::default()).await
        })
        .await;
    }

    async fn try_queue(&self, queue: &str, may_read: bool) {
        let name = || ShortString::from(queue);
        self.expect(may_read, &format!("reads {queue}"), async |channel| {
            channel.basic_qos(1, BasicQosOptions::default()).await?;
            channel
                .basic_consume(name(), "".into(), BasicConsumeOptions::default(), FieldTable::default())
                .await
                .map(drop)
        })
        .await;
        self.expect(
            false,
            &format!("publishes to {queue} without an exchange"),
            async |channel| publish(channel, "".into(), queue).await.map(drop),
        )
        .await;
        self.expect(false, &format!("makes {queue}"), async |channel| {
            let options = QueueDeclareOptions::default();
            channel
                .queue_declare(name(), options, FieldTable::default())
                .await
                .map(drop)
        })
        .await;
        self.expect(false, &format!("removes {queue}"), async |channel| {
            channel
                .queue_delete(name(), QueueDeleteOptions::default())
                .await
                .map(drop)
        })
        .await;
        if !may_read {
            self.expect(false, &format!("empties {queue}"), async |channel| {
                channel
                    .queue_purge(name(), QueuePurgeOptions::default())
                    .await
                    .map(drop)
            })
            .await;
        }
    }
}

/// A queue of this connection alone.
async fn own_queue(channel: &Channel, arguments: FieldTable) -> lapin::Result<ShortString> {
    let options = QueueDeclareOptions {
        exclusive: true,
        auto_delete: true,
        ..Default::default()
    };
    let queue = channel.queue_declare("".into(), options, arguments).await?;
    Ok(queue.name().clone())
}

async fn publish(channel: &Channel, exchange: ShortString, key: &str) -> lapin::Result<Confirmation> {
    channel.confirm_select(ConfirmSelectOptions::default()).await?;
    let options = BasicPublishOptions {
        mandatory: true,
        ..Default::default()
    };
    let confirm = channel
        .basic_publish(exchange, key.into(), options, b"{}", BasicProperties::default())
        .await?;
    confirm.await
}

fn options(platform: &Installation) -> BrokerOptions {
    let (prefix, partitions) = platform.broker_names();
    BrokerOptions {
        prefix: prefix.to_owned(),
        partitions,
        ..BrokerOptions::new(platform.server_url(OwnServer::RabbitMq))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_82_no_service_s_user_can_touch_another_s_queues_and_exchanges() {
    let platform = Installation::with_own_servers().await;
    let (prefix, _) = platform.broker_names();
    let topology = Topology::of(&options(&platform));
    assert!(topology.exchanges.len() >= 16, "{:?}", topology.exchanges);
    assert_eq!(topology.queues.len(), 9, "{:?}", topology.queues);
    let short = |name: &str| name[prefix.len() + 1..].to_owned();
    for Allowed {
        service,
        tells,
        hears,
        reads,
    } in allowed()
    {
        let user = User::sign_in(&platform, service).await;
        for exchange in &topology.exchanges {
            let name = short(exchange);
            let (may_tell, may_hear) = (tells.contains(&&*name), hears.contains(&&*name));
            user.try_exchange(exchange, may_tell, may_hear).await;
        }
        for queue in &topology.queues {
            user.try_queue(queue, reads.contains(&&*short(queue))).await;
        }
        user.expect(false, "makes a queue that stays", async |channel| {
            let options = QueueDeclareOptions::default();
            channel
                .queue_declare(format!("{prefix}.more").into(), options, FieldTable::default())
                .await
                .map(drop)
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_82_a_fact_of_another_s_context_reaches_nobody() {
    let platform = Installation::with_own_servers().await;
    let (prefix, _) = platform.broker_names();
    let alerts = User::sign_in(&platform, "alerts").await;
    let channel = alerts.connection.create_channel().await.expect("a channel");
    let exchange = || ShortString::from(format!("{prefix}.facts.alert"));
    let own = publish(&channel, exchange(), "alert.fired.v1").await.expect("told");
    assert!(matches!(own, Confirmation::Ack(None)), "{own:?}");
    let forged = publish(&channel, exchange(), "user.deleted.v1")
        .await
        .expect("answered");
    assert!(
        matches!(&forged, Confirmation::Ack(Some(returned)) if returned.reply_code == 312),
        "{forged:?}"
    );
}
