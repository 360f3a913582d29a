//! The wire form of what the server sends: frames of RFC 6455, unmasked, each whole message one frame.
//!
//! Written by hand because a long message is handed over in pieces while its data stays shared; the framework's
//! writer wants the whole of it in one buffer.

use bytes::{BufMut, BytesMut};

const FINAL: u8 = 0x80;

/// What a frame is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Opcode {
    /// A message.
    Text = 1,
    /// The end.
    Close = 8,
    /// A question whether anybody is there.
    Ping = 9,
    /// The answer to it.
    Pong = 10,
}

/// Writes the head of a frame whose payload has `length` bytes.
pub fn write_head(out: &mut BytesMut, opcode: Opcode, length: usize) {
    out.put_u8(FINAL | opcode as u8);
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(short @ 0..=125), _) => out.put_u8(short),
        (_, Ok(middle)) => {
            out.put_u8(126);
            out.put_u16(middle);
        }
        _ => {
            out.put_u8(127);
            out.put_u64(length as u64);
        }
    }
}

/// Writes a control frame; what is longer than such a frame may be is cut.
pub fn write_control(out: &mut BytesMut, opcode: Opcode, payload: &[u8]) {
    let payload = payload.get(..125).unwrap_or(payload);
    write_head(out, opcode, payload.len());
    out.put_slice(payload);
}

/// Why a connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Close {
    /// The client said goodbye.
    Answered,
    /// Nothing was heard of the client.
    Silent,
    /// The client does not read.
    Stalled,
    /// Too many messages that can't be used.
    Misbehaved,
    /// A message above the limit.
    TooLong,
    /// Not the protocol.
    Broken,
    /// The server goes away.
    Restart,
}

impl Close {
    /// The status code (RFC 6455, and its registry for 1012).
    pub fn code(self) -> u16 {
        match self {
            Self::Answered => 1000,
            Self::Silent | Self::Stalled => 1001,
            Self::Broken => 1002,
            Self::Misbehaved => 1008,
            Self::TooLong => 1009,
            Self::Restart => 1012,
        }
    }

    /// The reason for people.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Answered => "",
            Self::Silent => "nothing was heard for too long",
            Self::Stalled => "nothing was read for too long",
            Self::Misbehaved => "too many bad messages",
            Self::TooLong => "the message is too long",
            Self::Broken => "not a websocket message",
            Self::Restart => "the server restarts, connect again",
        }
    }

    /// Its name in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "client",
            Self::Silent => "silent",
            Self::Stalled => "stalled",
            Self::Misbehaved => "misbehaved",
            Self::TooLong => "too_long",
            Self::Broken => "broken",
            Self::Restart => "restart",
        }
    }

    /// Writes the frame.
    pub fn write(self, out: &mut BytesMut) {
        let reason = self.reason();
        write_head(out, Opcode::Close, 2 + reason.len());
        out.put_u16(self.code());
        out.put_slice(reason.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_have_the_shortest_form_for_their_length() {
        let head = |length| {
            let mut out = BytesMut::new();
            write_head(&mut out, Opcode::Text, length);
            out.to_vec()
        };
        assert_eq!(head(0), [0x81, 0]);
        assert_eq!(head(125), [0x81, 125]);
        assert_eq!(head(126), [0x81, 126, 0, 126]);
        assert_eq!(head(65_535), [0x81, 126, 255, 255]);
        assert_eq!(head(65_536), [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]);
    }

    #[test]
    fn control_frames_are_never_longer_than_allowed() {
        let mut out = BytesMut::new();
        write_control(&mut out, Opcode::Pong, &[7; 200]);
        assert_eq!((out[0], out[1], out.len()), (0x8A, 125, 127));
        for close in [Close::Silent, Close::Restart, Close::Misbehaved] {
            assert!(close.reason().len() <= 123);
        }
    }
}
