//! What the framework answers by itself where there is no request yet: to a head that it can't read, that is too long, or
//! that does not come. Its answer is a status without a body; what goes out in its stead looks like every other refusal.

use actix_web::{
    ResponseError,
    body::MessageBody,
    http::{Method, StatusCode},
};
use uuid::Uuid;

use super::{
    border::Settings,
    headers::{Storing, finish},
    scope::within_request_now,
};
use crate::error::{ApiError, ErrorKind};

const END: &[u8] = b"\r\n\r\n";
/// All that the framework says of an answer that it made by itself.
const BARE: [&str; 3] = ["content-length: 0", "connection: close", "date: "];

/// Where in the bytes on their way to a client an answer begins that the framework made by itself, and its status. It is the
/// last one of its connection, so it ends where they do.
pub(super) fn bare(bytes: &[u8]) -> Option<(usize, StatusCode)> {
    if !bytes.ends_with(END) {
        return None;
    }
    let start = bytes.windows(7).rposition(|word| word == b"HTTP/1.")?;
    let head = std::str::from_utf8(&bytes[start..bytes.len() - END.len()]).ok()?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let is_bare = lines.all(|line| BARE.iter().any(|bare| line.starts_with(bare)));
    let status = StatusCode::from_u16(status)
        .ok()
        .filter(|status| status.as_u16() >= 400)?;
    is_bare.then_some((start, status))
}

/// The refusal that goes out in the stead of the framework's own.
pub(super) fn whole(status: StatusCode, settings: &Settings) -> Vec<u8> {
    let id = Uuid::now_v7();
    let refusal = match status {
        StatusCode::REQUEST_TIMEOUT => ApiError::bad_request("the request did not come in time"),
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => ApiError::bad_request("the request's head is too long"),
        status if status.is_client_error() => ApiError::bad_request("the request can't be read"),
        _ => ApiError::new(ErrorKind::Internal, "something went wrong"),
    };
    let mut answer = within_request_now(id, || refusal.error_response());
    finish(
        answer.headers_mut(),
        status,
        id,
        settings,
        Storing::of(false, &Method::GET),
    );
    let mut bytes = format!("HTTP/1.1 {status}\r\n").into_bytes();
    let mut line = |name: &str, value: &[u8]| {
        bytes.extend_from_slice(name.as_bytes());
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(value);
        bytes.extend_from_slice(b"\r\n");
    };
    let (answer, body) = answer.into_parts();
    for (name, value) in answer.headers() {
        line(name.as_str(), value.as_bytes());
    }
    let body = body.try_into_bytes().unwrap_or_default();
    line("content-length", body.len().to_string().as_bytes());
    line("connection", b"close");
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(&body);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nx-request-id: 1\r\n\r\n{}";
    const REFUSED: &str = "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\ndate: today\r\n\r\n";

    #[test]
    fn only_what_the_framework_answers_by_itself_is_bare() {
        assert_eq!(bare(REFUSED.as_bytes()), Some((0, StatusCode::BAD_REQUEST)));
        let behind = format!("{OWN}{REFUSED}");
        assert_eq!(bare(behind.as_bytes()), Some((OWN.len(), StatusCode::BAD_REQUEST)));
        let late = "HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\ndate: today\r\n\r\n";
        assert_eq!(bare(late.as_bytes()), Some((0, StatusCode::REQUEST_TIMEOUT)));
        for text in [
            OWN,
            "HTTP/1.1 304 Not Modified\r\ndate: today\r\n\r\n",
            "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nx-request-id: 1\r\n\r\n",
            "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\nHTTP/1.1 101 Switching Protocols\r\n\r\n",
            "\r\n\r\n",
        ] {
            assert_eq!(bare(text.as_bytes()), None, "{text}");
        }
    }
}
