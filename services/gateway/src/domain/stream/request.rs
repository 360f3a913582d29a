//! What a client may send.

use std::{borrow::Cow, fmt};

use serde::Deserialize;
use serde_json::{Value, json};

/// The code of what may be had a little later.
pub const UNAVAILABLE: &str = "unavailable";
/// The most channels of one message.
const MAX_CHANNELS: usize = 200;

/// What a message asks for.
#[derive(Clone, PartialEq, Eq)]
pub enum Request {
    /// Hear these channels.
    Subscribe(Vec<String>),
    /// Hear them no more.
    Unsubscribe(Vec<String>),
    /// Sign in with this token.
    Auth(String),
    /// Say something.
    Ping,
}

/// The kinds of requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// Hear channels.
    Subscribe,
    /// Hear them no more.
    Unsubscribe,
    /// Sign in.
    Auth,
    /// Say something.
    Ping,
}

impl Op {
    const ALL: [Self; 4] = [Self::Subscribe, Self::Unsubscribe, Self::Auth, Self::Ping];

    /// Its name on the wire and in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Subscribe => "subscribe",
            Self::Unsubscribe => "unsubscribe",
            Self::Auth => "auth",
            Self::Ping => "ping",
        }
    }
}

/// Why a request is not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    op: Option<Op>,
    code: Cow<'static, str>,
    message: String,
}

impl Refusal {
    /// A refusal; `op` is unknown where the message can't be read.
    pub fn new(op: Option<Op>, code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self {
            op,
            code: code.into(),
            message: message.into(),
        }
    }

    /// Whether the client did something wrong, and not just came at a bad moment.
    pub fn is_fault(&self) -> bool {
        self.code != UNAVAILABLE
    }

    /// As the client hears it.
    pub fn to_json(&self) -> String {
        json!({"type": "error", "op": self.op.map(Op::as_str), "code": self.code, "message": self.message}).to_string()
    }
}

/// A token never prints.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Subscribe(channels) => f.debug_tuple("Subscribe").field(channels).finish(),
            Self::Unsubscribe(channels) => f.debug_tuple("Unsubscribe").field(channels).finish(),
            Self::Auth(_) => f.write_str("Auth"),
            Self::Ping => f.write_str("Ping"),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Channels {
    #[serde(rename = "op")]
    _op: String,
    channels: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Token {
    #[serde(rename = "op")]
    _op: String,
    token: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bare {
    #[serde(rename = "op")]
    _op: String,
}

impl Request {
    /// Reads a message.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let unreadable = || Refusal::new(None, "unreadable", "the message must be a JSON object");
        let value: Value = serde_json::from_str(text).map_err(|_| unreadable())?;
        let object = value.as_object().ok_or_else(unreadable)?;
        let named = object.get("op").and_then(Value::as_str);
        let op = Op::ALL.into_iter().find(|op| named == Some(op.as_str()));
        let op = op.ok_or_else(|| {
            Refusal::new(
                None,
                "unknown_op",
                "op must be one of subscribe, unsubscribe, auth, ping",
            )
        })?;
        match op {
            Op::Subscribe => channels(op, value).map(Self::Subscribe),
            Op::Unsubscribe => channels(op, value).map(Self::Unsubscribe),
            Op::Auth => read::<Token>(op, value).map(|token| Self::Auth(token.token)),
            Op::Ping => read::<Bare>(op, value).map(|_| Self::Ping),
        }
    }
}

fn channels(op: Op, value: Value) -> Result<Vec<String>, Refusal> {
    let channels = read::<Channels>(op, value)?.channels;
    if channels.is_empty() || channels.len() > MAX_CHANNELS {
        let message = format!("channels must name 1 to {MAX_CHANNELS} channels");
        return Err(Refusal::new(Some(op), "invalid_message", message));
    }
    Ok(channels)
}

fn read<T: for<'de> Deserialize<'de>>(op: Op, value: Value) -> Result<T, Refusal> {
    // The text of the error names members, never their values.
    let shape = match op {
        Op::Subscribe | Op::Unsubscribe => "the message must be {op, channels: [name, …]}",
        Op::Auth => "the message must be {op, token}",
        Op::Ping => "the message must be {op}",
    };
    serde_json::from_value(value).map_err(|_| Refusal::new(Some(op), "invalid_message", shape))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> (Option<Op>, String) {
        let refusal = Request::parse(text).expect_err(text);
        (refusal.op, refusal.code.into_owned())
    }

    #[test]
    fn each_request_is_read() {
        let names = vec!["ticker:*".to_owned()];
        assert_eq!(
            Request::parse(r#"{"op":"subscribe","channels":["ticker:*"]}"#),
            Ok(Request::Subscribe(names.clone()))
        );
        assert_eq!(
            Request::parse(r#"{"op":"unsubscribe","channels":["ticker:*"]}"#),
            Ok(Request::Unsubscribe(names))
        );
        assert_eq!(
            Request::parse(r#"{"op":"auth","token":"t"}"#),
            Ok(Request::Auth("t".to_owned()))
        );
        assert_eq!(Request::parse(r#"{"op":"ping"}"#), Ok(Request::Ping));
    }

    #[test]
    fn what_is_no_request_is_refused_with_the_reason() {
        assert_eq!(code("{"), (None, "unreadable".to_owned()));
        assert_eq!(code("[]"), (None, "unreadable".to_owned()));
        assert_eq!(code("{}"), (None, "unknown_op".to_owned()));
        assert_eq!(code(r#"{"op":"dance"}"#), (None, "unknown_op".to_owned()));
        assert_eq!(
            code(r#"{"op":"ping","x":1}"#),
            (Some(Op::Ping), "invalid_message".to_owned())
        );
        assert_eq!(
            code(r#"{"op":"subscribe"}"#),
            (Some(Op::Subscribe), "invalid_message".to_owned())
        );
        assert_eq!(
            code(r#"{"op":"subscribe","channels":[]}"#),
            (Some(Op::Subscribe), "invalid_message".to_owned())
        );
        assert_eq!(
            code(r#"{"op":"auth","token":7}"#),
            (Some(Op::Auth), "invalid_message".to_owned())
        );
    }

    #[test]
    fn a_token_is_never_repeated() {
        let refusal = Request::parse(r#"{"op":"auth","token":"secret","x":1}"#).expect_err("refused");
        assert!(!refusal.to_json().contains("secret"));
        assert_eq!(format!("{:?}", Request::Auth("secret".to_owned())), "Auth");
    }
}
