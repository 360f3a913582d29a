//! One connection: what it has subscribed to, how far it has been told, what it is told next.

use std::{collections::VecDeque, fmt::Write, time::Duration};

use bytes::{BufMut, Bytes, BytesMut};
use domain::{Timestamp, UserId};
use indexmap::IndexMap;
use serde_json::json;

use super::{
    frame::{Close, Opcode, write_control, write_head},
    link::Ended,
    request::{Op, Refusal},
    topic::Watch,
};

/// How many bad messages are forgiven.
const FORGIVEN: u32 = 10;
/// How many answers wait for a client that asks faster than it reads.
const MAX_ANSWERS: usize = 32;
/// Of so many channels of one message that can't be heard a client is told one by one.
const MAX_REFUSALS: usize = 20;
/// How many messages a client may send in [`MESSAGE_WINDOW`].
const MAX_MESSAGES: u32 = 100;
const MESSAGE_WINDOW: Duration = Duration::from_secs(10);

const SNAPSHOT: &[u8] = br#"snapshot","seq":"#;
const UPDATE: &[u8] = br#"update","seq":"#;
const DATA: &[u8] = br#","data":"#;
const END: &[u8] = b"}";

/// What a connection was told, and what it was spared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Told {
    /// Snapshots.
    pub snapshots: u64,
    /// Updates.
    pub updates: u64,
    /// Answers: pongs, errors, confirmations.
    pub answers: u64,
    /// Updates left out because newer ones replaced them.
    pub conflated: u64,
}

/// One connection.
#[derive(Debug, Default)]
pub struct Connection {
    subscriptions: IndexMap<Box<str>, Subscription>,
    /// Whose the private ones are.
    owner: Option<UserId>,
    /// The subscription whose turn it is.
    turn: usize,
    answers: VecDeque<Bytes>,
    pong: Option<Bytes>,
    has_to_ping: bool,
    /// What is left of the data of a long message.
    rest: Option<Bytes>,
    bad_messages: u32,
    window: (Duration, u32),
    closing: Option<Close>,
    is_over: bool,
    told: Told,
}

#[derive(Debug)]
struct Subscription {
    watch: Watch,
    /// `{"channel":"…","type":"`
    opening: Box<[u8]>,
    is_private: bool,
    /// How many frames it was sent; none before the snapshot.
    seq: u64,
    cursor: u64,
}

struct Frame {
    kind: &'static [u8],
    data: Bytes,
    skipped: u64,
}

impl Connection {
    /// How many channels it hears.
    pub fn len(&self) -> usize {
        self.subscriptions.len()
    }

    /// Whether it hears none.
    pub fn is_empty(&self) -> bool {
        self.subscriptions.is_empty()
    }

    /// Whether it hears this channel.
    pub fn hears(&self, channel: &str) -> bool {
        self.subscriptions.contains_key(channel)
    }

    /// Hears a channel from now on; one that it heard already starts anew.
    pub fn subscribe(&mut self, channel: &str, watch: Watch, is_private: bool) {
        let name = json!(channel);
        let subscription = Subscription {
            watch,
            opening: format!(r#"{{"channel":{name},"type":""#).into_bytes().into(),
            is_private,
            seq: 0,
            cursor: 0,
        };
        self.subscriptions.insert(channel.into(), subscription);
    }

    /// Hears a channel no more.
    pub fn unsubscribe(&mut self, channel: &str) {
        self.subscriptions.shift_remove(channel);
    }

    /// Hears nothing private any more.
    pub fn end_private(&mut self) {
        self.subscriptions.retain(|_, subscription| !subscription.is_private);
    }

    /// A message came. False where there are too many of them.
    pub fn admit_message(&mut self, now: Duration) -> bool {
        let (start, count) = self.window;
        self.window = match now.saturating_sub(start) < MESSAGE_WINDOW {
            true => (start, count.saturating_add(1)),
            false => (now, 1),
        };
        self.window.1 <= MAX_MESSAGES
    }

    /// A message, or some of its channels, was no good: says why, and ends the connection after the eleventh.
    pub fn refuse(&mut self, refusals: &[Refusal]) {
        for refusal in refusals.iter().take(MAX_REFUSALS) {
            self.answer(&refusal.to_json());
        }
        if let Some(left_out) = refusals.len().checked_sub(MAX_REFUSALS).filter(|count| *count > 0) {
            let message = format!("{left_out} more of this message were refused");
            self.answer(&Refusal::new(None, "and_more", message).to_json());
        }
        if refusals.iter().any(Refusal::is_fault) {
            self.bad_messages += 1;
        }
        if self.bad_messages > FORGIVEN {
            self.close(Close::Misbehaved);
        }
    }

    /// A sign-in counts; what was another user's ends.
    pub fn sign_in(&mut self, user: UserId, expires_at: Option<Timestamp>) {
        if self.owner != Some(user) {
            self.end_private();
            self.owner = Some(user);
        }
        self.answer(&json!({"type": "authenticated", "expires_at": expires_at}).to_string());
    }

    /// The sign-in counts no more.
    pub fn end_sign_in(&mut self, why: Ended) {
        self.end_private();
        let (code, message) = match why {
            Ended::Expired => ("token_expired", "the access token ran out, sign in with a new one"),
            Ended::Revoked => ("session_ended", "the session has ended, sign in again"),
        };
        self.answer(&Refusal::new(Some(Op::Auth), code, message).to_json());
    }

    /// Answers a ping of the application.
    pub fn pong(&mut self) {
        self.answer(r#"{"type":"pong"}"#);
    }

    /// Answers a ping of the protocol; only the newest has to be.
    pub fn pong_frame(&mut self, payload: Bytes) {
        self.pong = Some(payload);
    }

    /// Asks whether the client is there.
    pub fn ping(&mut self) {
        self.has_to_ping = true;
    }

    /// Ends the connection; the first reason counts.
    pub fn close(&mut self, why: Close) {
        self.closing.get_or_insert(why);
    }

    /// Why it ends, if it does.
    pub fn closing(&self) -> Option<Close> {
        self.closing
    }

    /// Whether everything was said, the goodbye included.
    pub fn is_over(&self) -> bool {
        self.is_over
    }

    /// What was told since this was last asked.
    pub fn take_told(&mut self) -> Told {
        std::mem::take(&mut self.told)
    }

    /// Writes what comes next, until `out` has `limit` bytes or there is nothing more to say.
    pub fn fill(&mut self, out: &mut BytesMut, limit: usize) {
        while out.len() < limit && !self.is_over {
            if self.rest.is_some() {
                self.pour(out, limit);
            } else if let Some(close) = self.closing {
                close.write(out);
                self.is_over = true;
            } else if let Some(payload) = self.pong.take() {
                write_control(out, Opcode::Pong, &payload);
            } else if std::mem::take(&mut self.has_to_ping) {
                write_control(out, Opcode::Ping, b"");
            } else if let Some(answer) = self.answers.pop_front() {
                self.told.answers += 1;
                write_head(out, Opcode::Text, answer.len());
                out.put_slice(&answer);
            } else if !self.write_next(out, limit) {
                return;
            }
        }
    }

    fn answer(&mut self, text: &str) {
        if self.answers.len() >= MAX_ANSWERS {
            self.close(Close::Misbehaved);
            return;
        }
        self.answers.push_back(Bytes::copy_from_slice(text.as_bytes()));
    }

    /// Writes the next frame of the channel whose turn it is; channels take turns, so that a busy one holds up none.
    fn write_next(&mut self, out: &mut BytesMut, limit: usize) -> bool {
        let count = self.subscriptions.len();
        for step in 0..count {
            let index = (self.turn + step) % count;
            let Some((_, subscription)) = self.subscriptions.get_index_mut(index) else {
                continue;
            };
            let Some(frame) = subscription.next() else { continue };
            self.turn = (index + 1) % count;
            subscription.write_opening(&frame, out);
            match frame.kind == SNAPSHOT {
                true => self.told.snapshots += 1,
                false => self.told.updates += 1,
            }
            self.told.conflated += frame.skipped;
            self.rest = Some(frame.data);
            self.pour(out, limit);
            return true;
        }
        false
    }

    fn pour(&mut self, out: &mut BytesMut, limit: usize) {
        let Some(rest) = &mut self.rest else { return };
        let room = limit.saturating_sub(out.len());
        out.put_slice(&rest.split_to(rest.len().min(room)));
        if rest.is_empty() {
            out.put_slice(END);
            self.rest = None;
        }
    }
}

impl Subscription {
    fn next(&mut self) -> Option<Frame> {
        let view = self.watch.topic().view()?;
        if self.seq == 0 || !view.reaches_back_to(self.cursor) {
            self.cursor = view.newest();
            self.seq += 1;
            let (kind, data) = (SNAPSHOT, view.snapshot());
            return Some(Frame { kind, data, skipped: 0 });
        }
        let row = view.after(self.cursor)?;
        let skipped = row.version - self.cursor - 1;
        self.cursor = row.version;
        self.seq += 1;
        let (kind, data) = (UPDATE, row.data.clone());
        Some(Frame { kind, data, skipped })
    }

    fn write_opening(&self, frame: &Frame, out: &mut BytesMut) {
        let digits = self.seq.checked_ilog10().unwrap_or_default() as usize + 1;
        let length = self.opening.len() + frame.kind.len() + digits + DATA.len() + frame.data.len() + END.len();
        write_head(out, Opcode::Text, length);
        out.put_slice(&self.opening);
        out.put_slice(frame.kind);
        // Writing to memory does not fail.
        let _ = write!(out, "{}", self.seq);
        out.put_slice(DATA);
    }
}
