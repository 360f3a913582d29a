//! What holds for any course of news, however slowly and in whatever pieces a client reads them.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use bytes::{Buf, Bytes, BytesMut};
use proptest::prelude::*;
use serde_json::Value;

use super::{
    connection::{Connection, Told},
    frame::Close,
    link::Link,
    request::{Op, Refusal},
    table::{Given, Table},
    topic::{Shape, Watch},
};

const CHANNELS: [&str; 2] = ["ticker:*", "orders"];
const KEYS: usize = 6;
const LIMIT: usize = 4;

/// What happens.
#[derive(Debug, Clone)]
enum Step {
    /// A row of a channel gets a value.
    Change(usize, usize, u16),
    /// A channel shows what it has.
    Show(usize),
    /// The client takes so many bytes.
    Read(usize),
    /// The client subscribes, once more or for the first time.
    Subscribe(usize),
    /// The client unsubscribes.
    Unsubscribe(usize),
    /// The client asks for a pong.
    Ping,
}

fn step() -> impl Strategy<Value = Step> {
    let channel = 0..CHANNELS.len();
    prop_oneof![
        6 => (channel.clone(), 0..KEYS, any::<u16>()).prop_map(|(channel, key, value)| Step::Change(channel, key, value)),
        4 => channel.clone().prop_map(Step::Show),
        4 => (1_usize..200).prop_map(Step::Read),
        1 => channel.clone().prop_map(Step::Subscribe),
        1 => channel.prop_map(Step::Unsubscribe),
        1 => Just(Step::Ping),
    ]
}

/// A client that believes what it is told.
#[derive(Default)]
struct Reader {
    bytes: BytesMut,
    /// By channel: the last number, and the rows.
    heard: BTreeMap<String, (u64, BTreeMap<u64, u64>)>,
    pongs: usize,
}

impl Reader {
    fn take(&mut self, piece: &[u8]) {
        self.bytes.extend_from_slice(piece);
        while let Some(payload) = next_frame(&mut self.bytes) {
            let message: Value = serde_json::from_slice(&payload).expect("JSON");
            match message["channel"].as_str() {
                Some(channel) => self.hear(channel, &message),
                None => self.pongs += usize::from(message["type"] == "pong"),
            }
        }
    }

    fn hear(&mut self, channel: &str, message: &Value) {
        let seq = message["seq"].as_u64().expect("a number");
        let (last, rows) = self.heard.entry(channel.to_owned()).or_default();
        let is_snapshot = message["type"] == "snapshot";
        // A new subscription begins at 1; everything else goes on without a gap.
        assert!(
            seq == *last + 1 || (seq == 1 && is_snapshot),
            "{channel}: {seq} follows {last}"
        );
        assert!(seq > 1 || is_snapshot, "a snapshot comes first");
        *last = seq;
        let data = &message["data"];
        if is_snapshot {
            rows.clear();
        }
        for row in data.as_array().map_or(std::slice::from_ref(data), Vec::as_slice) {
            rows.extend([pair(row)]);
        }
    }
}

/// Reads a whole frame off the front, as RFC 6455 says.
fn next_frame(bytes: &mut BytesMut) -> Option<Bytes> {
    let mut head = &bytes[..];
    if head.remaining() < 2 {
        return None;
    }
    assert_eq!(head.get_u8(), 0x81, "a whole text message");
    let length = match head.get_u8() {
        126 if head.remaining() >= 2 => usize::from(head.get_u16()),
        126 => return None,
        short => usize::from(short),
    };
    let start = bytes.len() - head.remaining();
    if head.remaining() < length {
        return None;
    }
    let mut frame = bytes.split_to(start + length);
    frame.advance(start);
    Some(frame.freeze())
}

fn given(key: usize, value: u64) -> Given {
    Given {
        key: key.to_string(),
        place: i64::try_from(key).expect("small"),
        data: Bytes::from(format!(r#"{{"key":{key},"value":{value}}}"#)),
    }
}

proptest! {
    #[test]
    fn whoever_reads_on_knows_what_is_true_and_missed_no_number(steps in prop::collection::vec(step(), 1..200)) {
        let link = Arc::new(Link::new(1));
        let mut tables = [Table::new(Shape::List, LIMIT), Table::new(Shape::List, LIMIT)];
        let (mut connection, mut reader) = (Connection::default(), Reader::default());
        let mut pings = 0;
        for step in steps {
            match step {
                Step::Change(channel, key, value) => {
                    tables[channel].merge(vec![given(key, u64::from(value))]);
                    tables[channel].trim(true);
                }
                Step::Show(channel) => tables[channel].show(),
                Step::Read(most) => reader.take(&fill(&mut connection, most)),
                Step::Subscribe(channel) => {
                    let watch = Watch::new(tables[channel].topic().clone(), &link);
                    connection.subscribe(CHANNELS[channel], watch, channel == 1);
                }
                Step::Unsubscribe(channel) => connection.unsubscribe(CHANNELS[channel]),
                Step::Ping if pings < 30 => {
                    pings += 1;
                    connection.pong();
                }
                Step::Ping => {}
            }
        }
        for table in &mut tables {
            table.show();
        }
        reader.take(&fill(&mut connection, usize::MAX));
        prop_assert!(reader.bytes.is_empty(), "no half frame is left");
        prop_assert_eq!(reader.pongs, pings);
        for (channel, table) in CHANNELS.iter().zip(&tables) {
            if connection.hears(channel) {
                let truth: Value = serde_json::from_slice(&table.topic().view().expect("shown").snapshot()).expect("JSON");
                let truth: BTreeMap<u64, u64> = truth.as_array().expect("a list").iter().map(pair).collect();
                let (_, rows) = &reader.heard[*channel];
                let newest: BTreeMap<u64, u64> = rows.iter().filter(|(key, _)| truth.contains_key(key)).map(|(key, value)| (*key, *value)).collect();
                prop_assert_eq!(newest, truth);
            }
        }
    }

    #[test]
    fn what_is_not_told_is_counted_as_left_out(changes in prop::collection::vec((0..3_usize, any::<u16>()), 1..60), every in 1..20_usize) {
        let link = Arc::new(Link::new(1));
        let mut table = Table::new(Shape::List, 10);
        table.show();
        let mut connection = Connection::default();
        connection.subscribe("ticker:*", Watch::new(table.topic().clone(), &link), false);
        fill(&mut connection, usize::MAX);
        let (mut told, mut published) = (connection.take_told(), 0);
        prop_assert_eq!(told.snapshots, 1);
        for (index, (key, value)) in changes.into_iter().enumerate() {
            published += u64::from(table.merge(vec![given(key, u64::from(value))]));
            table.show();
            if index % every == 0 {
                fill(&mut connection, usize::MAX);
            }
        }
        fill(&mut connection, usize::MAX);
        let Told { updates, conflated, .. } = connection.take_told();
        told.updates += updates;
        prop_assert_eq!(told.updates + conflated, published);
    }
}

fn pair(row: &Value) -> (u64, u64) {
    (
        row["key"].as_u64().expect("a key"),
        row["value"].as_u64().expect("a value"),
    )
}

fn fill(connection: &mut Connection, most: usize) -> BytesMut {
    let mut out = BytesMut::new();
    connection.fill(&mut out, most);
    out
}

#[test]
fn the_11th_bad_message_ends_it_with_a_goodbye_and_nothing_after() {
    let mut connection = Connection::default();
    let refusal = Refusal::new(Some(Op::Ping), "invalid_message", "no");
    for count in 1..=11 {
        assert_eq!(connection.closing(), None, "before the {count}th");
        connection.refuse(std::slice::from_ref(&refusal));
    }
    assert_eq!(connection.closing(), Some(Close::Misbehaved));
    let out = fill(&mut connection, usize::MAX);
    assert_eq!(&out[..1], [0x88]);
    assert!(connection.is_over() && fill(&mut connection, usize::MAX).is_empty());
}

#[test]
fn a_flood_of_messages_or_of_unread_answers_is_not_taken() {
    let mut connection = Connection::default();
    let taken = (0..200)
        .filter(|_| connection.admit_message(Duration::from_secs(1)))
        .count();
    assert_eq!(taken, 100);
    assert!(connection.admit_message(Duration::from_secs(12)));
    for _ in 0..33 {
        connection.pong();
    }
    assert_eq!(connection.closing(), Some(Close::Misbehaved));
}
