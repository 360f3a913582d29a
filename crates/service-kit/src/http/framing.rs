//! Where the heads of requests lie in the bytes of a connection, and what must not stand in them.
//!
//! The framework's parser takes a line feed alone for the end of a line. Others do not, and what two readers read
//! differently can be made to hide a request inside another. So a head with such a line is made unreadable before the
//! parser sees it, which then refuses it and closes the connection. Everything that the parser refuses by itself is left
//! to it.

/// What a line is kept of: enough for the fields that say how long a body is.
const KEPT: usize = 256;
/// No parser takes this byte in a head.
const UNREADABLE: u8 = 0;

/// How far the bytes of a connection were followed.
#[derive(Debug, Default)]
pub(crate) struct Framing {
    place: Place,
    line: Line,
    head: Head,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Place {
    #[default]
    Head,
    Body(u64),
    ChunkSize,
    Chunk(u64),
    ChunkEnd(u8),
    TrailerStart,
    Trailer,
    TrailerEnd,
    LastFeed,
    /// No more heads come: the connection became something else, or its next message is one that the parser refuses.
    Through,
}

/// The line that is being read.
#[derive(Debug, Default)]
struct Line {
    kept: Vec<u8>,
    last: u8,
    is_cut: bool,
}

impl Line {
    fn push(&mut self, bytes: &[u8]) {
        let room = KEPT - self.kept.len();
        self.is_cut |= bytes.len() > room;
        self.kept.extend_from_slice(&bytes[..bytes.len().min(room)]);
        self.last = bytes.last().copied().unwrap_or(self.last);
    }

    fn clear(&mut self) {
        self.kept.clear();
        self.last = 0;
        self.is_cut = false;
    }

    /// The text without the end of the line.
    fn text(&self) -> &[u8] {
        self.kept.strip_suffix(b"\r").unwrap_or(&self.kept)
    }
}

/// What a head said so far.
#[derive(Debug, Default)]
struct Head {
    has_begun: bool,
    is_connect: bool,
    length: Option<u64>,
    is_chunked: bool,
    is_upgrade: bool,
    is_broken: bool,
}

impl Framing {
    /// Follows the bytes that came next, and makes a head unreadable in which a line ends with a line feed alone.
    pub(crate) fn follow(&mut self, bytes: &mut [u8]) {
        let mut at = 0;
        while at < bytes.len() {
            at += match self.place {
                Place::Head => self.head(&mut bytes[at..]),
                Place::Body(left) => self.skip(left, bytes.len() - at, Place::Body, Place::Head),
                Place::Chunk(left) => self.skip(left, bytes.len() - at, Place::Chunk, Place::ChunkEnd(b'\r')),
                Place::ChunkSize => self.chunk_size(&mut bytes[at..]),
                Place::Through => return,
                place => {
                    self.place = after(place, bytes[at]);
                    1
                }
            };
        }
    }

    /// Reads a line of a head; tells how many bytes that took.
    fn head(&mut self, bytes: &mut [u8]) -> usize {
        let Some(end) = bytes.iter().position(|byte| *byte == b'\n') else {
            self.line.push(bytes);
            return bytes.len();
        };
        self.line.push(&bytes[..end]);
        if self.line.last != b'\r' {
            bytes[end] = UNREADABLE;
            self.place = Place::Through;
            return end + 1;
        }
        if self.head.take(&self.line) {
            // A field that may say how long the body is and that is too long to be read here.
            bytes[end] = UNREADABLE;
            self.place = Place::Through;
        } else if self.line.text().is_empty() && self.head.has_begun {
            self.place = std::mem::take(&mut self.head).followed_by();
        } else {
            self.head.has_begun |= !self.line.text().is_empty();
        }
        self.line.clear();
        end + 1
    }

    fn skip(&mut self, left: u64, there: usize, same: fn(u64) -> Place, next: Place) -> usize {
        let taken = usize::try_from(left).unwrap_or(usize::MAX).min(there);
        let left = left - taken as u64;
        self.place = if left == 0 { next } else { same(left) };
        taken
    }

    fn chunk_size(&mut self, bytes: &mut [u8]) -> usize {
        let end = bytes.iter().position(|byte| *byte == b'\n');
        self.line.push(&bytes[..end.unwrap_or(bytes.len())]);
        let Some(end) = end else { return bytes.len() };
        self.place = match chunk_size(&self.line) {
            _ if self.line.is_cut => {
                bytes[end] = UNREADABLE;
                Place::Through
            }
            Some(0) => Place::TrailerStart,
            Some(size) => Place::Chunk(size),
            None => Place::Through,
        };
        self.line.clear();
        end + 1
    }
}

impl Head {
    /// Takes in a line; whether it is one that cannot be judged.
    fn take(&mut self, line: &Line) -> bool {
        let text = line.text();
        if !self.has_begun {
            self.is_connect = text.starts_with(b"CONNECT ");
            return false;
        }
        let Some(colon) = text.iter().position(|byte| *byte == b':') else {
            return false;
        };
        let (name, value) = (&text[..colon], text[colon + 1..].trim_ascii());
        let is = |wanted: &str| name.eq_ignore_ascii_case(wanted.as_bytes());
        if is("content-length") {
            let length = std::str::from_utf8(value).ok().and_then(|value| value.parse().ok());
            self.is_broken |= self.length.is_some() || length.is_none();
            self.length = length;
        } else if is("transfer-encoding") {
            self.is_broken |= self.is_chunked || !value.eq_ignore_ascii_case(b"chunked");
            self.is_chunked = true;
        } else if is("upgrade") {
            self.is_upgrade |= value.eq_ignore_ascii_case(b"websocket");
        } else {
            return false;
        }
        line.is_cut
    }

    /// What comes behind this head.
    fn followed_by(self) -> Place {
        if self.is_broken || (self.is_chunked && self.length.is_some()) {
            return Place::Through;
        }
        match (self.is_chunked, self.length) {
            (true, _) => Place::ChunkSize,
            (false, _) if self.is_upgrade => Place::Through,
            (false, Some(length)) if length > 0 => Place::Body(length),
            (false, _) if self.is_connect => Place::Through,
            (false, _) => Place::Head,
        }
    }
}

fn chunk_size(line: &Line) -> Option<u64> {
    if line.last != b'\r' {
        return None;
    }
    let digits = line.text().split(|byte| matches!(byte, b';' | b' ' | b'\t')).next()?;
    let digits = std::str::from_utf8(digits).ok()?;
    u64::from_str_radix(digits, 16).ok()
}

/// The places that one byte decides.
fn after(place: Place, byte: u8) -> Place {
    match (place, byte) {
        (Place::ChunkEnd(wanted), byte) if byte == wanted => {
            if wanted == b'\r' {
                Place::ChunkEnd(b'\n')
            } else {
                Place::ChunkSize
            }
        }
        (Place::TrailerStart, b'\r') => Place::LastFeed,
        (Place::TrailerStart, _) => Place::Trailer,
        (Place::Trailer, b'\r') => Place::TrailerEnd,
        (Place::Trailer, _) => Place::Trailer,
        (Place::TrailerEnd, b'\n') => Place::TrailerStart,
        (Place::LastFeed, b'\n') => Place::Head,
        _ => Place::Through,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PLAIN: &str = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    const BARE: &str = "GET / HTTP/1.1\nHost: x\r\n\r\n";

    /// The bytes as the parser gets them, when they come in pieces of this size.
    fn followed(text: &str, piece: usize) -> Vec<u8> {
        let mut framing = Framing::default();
        let mut bytes = text.as_bytes().to_vec();
        bytes.chunks_mut(piece).for_each(|piece| framing.follow(piece));
        bytes
    }

    fn is_left_alone(text: &str) -> bool {
        (1..=text.len()).all(|piece| followed(text, piece) == text.as_bytes())
    }

    #[test]
    fn reliability_61_a_line_feed_alone_makes_a_head_unreadable_wherever_it_stands() {
        for text in [
            BARE,
            "\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: x\nX: y\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: x\r\n\n",
            "GET / HTTP/1.1\r\nHost: x\r\nX: a\r b\nY: c\r\n\r\n",
        ] {
            for piece in 1..=text.len() {
                assert!(followed(text, piece).contains(&UNREADABLE), "{text:?} by {piece}");
            }
        }
    }

    #[test]
    fn reliability_61_the_next_head_is_found_behind_every_kind_of_body() {
        for before in [
            PLAIN,
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\na\nb\n\n\n",
            "POST / HTTP/1.1\r\nHost: x\r\ncontent-length:0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n3;x=y\r\n\n\n\n\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nA \r\n0123456789\r\n0\r\nX: \n\r\n\r\n",
        ] {
            assert!(is_left_alone(&format!("{before}{PLAIN}")), "{before:?}");
            let hidden = format!("{before}{BARE}");
            for piece in 1..=hidden.len() {
                assert!(followed(&hidden, piece).contains(&UNREADABLE), "{hidden:?} by {piece}");
            }
        }
    }

    #[test]
    fn what_is_no_http_any_more_and_what_the_parser_refuses_are_left_alone() {
        for text in [
            "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\r\n\n\n\n",
            "POST / HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n\n\n\n",
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n\n\n\n",
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\n\n",
            "CONNECT x:1 HTTP/1.1\r\n\r\n\n\n",
        ] {
            assert!(is_left_alone(text), "{text:?}");
        }
    }

    #[test]
    fn reliability_61_a_length_that_is_too_long_to_be_read_is_unreadable() {
        let zeros = "0".repeat(KEPT);
        let text = format!("POST / HTTP/1.1\r\nContent-Length: {zeros}5\r\n\r\nhello");
        assert!(followed(&text, 7).contains(&UNREADABLE));
        let text = format!("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n{zeros}5\r\nhello\r\n");
        assert!(followed(&text, 7).contains(&UNREADABLE));
    }

    proptest! {
        #[test]
        fn reliability_61_pieces_of_any_size_are_followed_alike(
            bytes in proptest::collection::vec(prop_oneof![Just(b'\r'), Just(b'\n'), Just(b':'), Just(b'0'), any::<u8>()], 0..200),
            head in 0_usize..4,
            piece in 1_usize..50,
        ) {
            let heads = [
                "", "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n",
                "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", "GET / HTTP/1.1\r\nUpgrade: ",
            ];
            let all: Vec<u8> = heads[head].bytes().chain(bytes).collect();
            let mut whole = all.clone();
            Framing::default().follow(&mut whole);
            let mut framing = Framing::default();
            let mut pieces = all.clone();
            pieces.chunks_mut(piece).for_each(|piece| framing.follow(piece));
            prop_assert_eq!(&whole, &pieces);
            for (before, after) in all.iter().zip(&whole) {
                prop_assert!(before == after || (*before == b'\n' && *after == UNREADABLE));
            }
        }
    }
}
