/// A service that keeps a durable queue of facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Consumer {
    /// The service.
    pub service: &'static str,
    /// The contexts of which it hears every fact.
    pub contexts: &'static [&'static str],
}

/// Every durable queue there is. Each service declares all of them at its start, so that a fact told
/// before its reader first ran waits for it.
pub const CONSUMERS: &[Consumer] = &[
    Consumer {
        service: "alerts",
        contexts: &["asset", "user", "notification"],
    },
    Consumer {
        service: "portfolio",
        contexts: &["asset", "user"],
    },
    Consumer {
        service: "notifier",
        contexts: &["alert", "order", "user", "feed"],
    },
];

/// A service that tells facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Producer {
    /// The service.
    pub service: &'static str,
    /// The contexts whose facts it tells, and nobody else.
    pub contexts: &'static [&'static str],
}

/// Who tells what.
pub const PRODUCERS: &[Producer] = &[
    Producer {
        service: "auth",
        contexts: &["user", "session"],
    },
    Producer {
        service: "market-data",
        contexts: &["asset", "candle", "feed"],
    },
    Producer {
        service: "alerts",
        contexts: &["alert"],
    },
    Producer {
        service: "portfolio",
        contexts: &["order", "portfolio"],
    },
    Producer {
        service: "notifier",
        contexts: &["notification"],
    },
];

/// Who hears facts only while it runs, to show them.
pub const LISTENERS: &[Consumer] = &[Consumer {
    service: "gateway",
    contexts: &["asset", "candle", "notification", "order", "portfolio"],
}];

/// Who writes the tick log.
pub const TICK_WRITER: &str = "market-data";

/// Who reads the tick log.
pub const TICK_READERS: &[&str] = &["market-data", "alerts", "portfolio", "gateway"];

/// The services that there are.
pub const SERVICES: &[&str] = &["auth", "market-data", "alerts", "portfolio", "notifier", "gateway"];

/// The contexts that `service` hears durably; empty for one that keeps no queue.
pub fn contexts_of(service: &str) -> &'static [&'static str] {
    CONSUMERS
        .iter()
        .find(|consumer| consumer.service == service)
        .map_or(&[], |consumer| consumer.contexts)
}
