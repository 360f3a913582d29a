use std::sync::Arc;

use messaging::{Broker, BrokerOptions};

use crate::platform::{Kind, Platform, Task, amqp_url};

/// Parts of a platform with a broker connection of their own, which live and die together.
pub struct Process {
    broker: Arc<dyn Broker>,
    tasks: Vec<Task>,
}

impl Process {
    /// The broker as a new process of this platform reaches it; the one inside the process begins empty with it.
    pub fn broker(platform: &Platform, kind: Kind) -> Arc<dyn Broker> {
        let url = match kind {
            Kind::Memory => "memory:".to_owned(),
            Kind::Rabbit => amqp_url(),
        };
        let options = BrokerOptions {
            prefix: platform.prefix.clone(),
            partitions: 2,
            ..BrokerOptions::new(url)
        };
        messaging::connect(options, platform.metrics.clone()).expect("broker")
    }

    pub fn of(broker: Arc<dyn Broker>, tasks: Vec<Task>) -> Self {
        Self { broker, tasks }
    }

    /// Ends it in the middle of whatever it does.
    pub async fn kill(self) {
        for task in self.tasks {
            task.kill().await;
        }
        self.broker.close().await;
    }

    pub async fn stop(self) {
        for task in self.tasks {
            task.stop().await;
        }
        self.broker.close().await;
    }
}
