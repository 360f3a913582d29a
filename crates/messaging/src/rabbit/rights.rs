use contracts::{LISTENERS, PRODUCERS, SERVICES, TICK_READERS, TICK_WRITER, contexts_of};

use super::names::Names;
use crate::BrokerOptions;

/// Queues that the broker names, each for one connection alone: a process's signs of life, and what it only shows.
const SERVER_NAMED: &str = "amq\\.gen-.*";

/// What the user of one service may do on RabbitMQ, as patterns of names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rights {
    /// The service.
    pub service: &'static str,
    /// What it may make and remove.
    pub configure: String,
    /// What it may publish to.
    pub write: String,
    /// What it may receive from.
    pub read: String,
}

impl Rights {
    /// The least that each service's user needs, once [`crate::declare`] has made everything.
    pub fn of(options: &BrokerOptions) -> Vec<Self> {
        let names = Names::new(options);
        SERVICES.iter().map(|service| rights_of(&names, service)).collect()
    }
}

fn rights_of(names: &Names, service: &'static str) -> Rights {
    let mut write = vec![names.beats()];
    let mut read = vec![names.beats()];
    for producer in PRODUCERS.iter().filter(|producer| producer.service == service) {
        write.extend(producer.contexts.iter().map(|context| names.facts_of(context)));
    }
    if !contexts_of(service).is_empty() {
        write.push(names.again(service));
        read.extend([names.queue(service), names.dead_queue(service)]);
    }
    for listener in LISTENERS.iter().filter(|listener| listener.service == service) {
        read.extend(listener.contexts.iter().map(|context| names.facts_of(context)));
    }
    if service == TICK_WRITER {
        write.push(names.ticks());
    }
    if TICK_READERS.contains(&service) {
        read.extend(names.partitions().map(|partition| names.log(partition)));
    }
    Rights {
        service,
        configure: format!("^{SERVER_NAMED}$"),
        write: any_of(&write),
        read: any_of(&read),
    }
}

/// A pattern of these names, and of those that the broker gives.
fn any_of(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| quote(name)).collect();
    format!("^({SERVER_NAMED}|{})$", quoted.join("|"))
}

fn quote(name: &str) -> String {
    let mut quoted = String::new();
    for letter in name.chars() {
        if letter.is_ascii_punctuation() {
            quoted.push('\\');
        }
        quoted.push(letter);
    }
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(service: &str) -> Rights {
        let options = BrokerOptions::new("amqp://nowhere");
        let all = Rights::of(&options);
        all.into_iter()
            .find(|rights| rights.service == service)
            .expect("a service")
    }

    #[test]
    fn a_service_that_only_tells_reads_nothing() {
        let auth = of("auth");
        assert_eq!(auth.configure, "^amq\\.gen-.*$");
        assert_eq!(
            auth.write,
            "^(amq\\.gen-.*|candlewick\\.beats|candlewick\\.facts\\.user|candlewick\\.facts\\.session)$"
        );
        assert_eq!(auth.read, "^(amq\\.gen-.*|candlewick\\.beats)$");
    }

    #[test]
    fn the_tick_log_has_one_writer() {
        for service in SERVICES {
            let may_write = of(service).write.contains("candlewick\\.ticks");
            assert_eq!(may_write, *service == "market-data", "{service}");
        }
    }

    #[test]
    fn names_are_taken_literally() {
        assert_eq!(quote("a.b-c_d(1)"), "a\\.b\\-c\\_d\\(1\\)");
    }
}
