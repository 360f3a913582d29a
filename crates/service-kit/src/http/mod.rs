//! The HTTP server of a service: replies, extractors, refusals and what every server answers by itself.

mod accept;
mod bare;
mod border;
mod conditional;
mod extract;
mod faults;
mod framing;
mod headers;
mod host;
mod metrics;
mod naming;
mod object;
mod operations;
mod path;
mod places;
mod reply;
mod scope;
mod server;
mod strict_stream;
mod values;
mod written;

pub use accept::accepts_csv;
pub use border::{Limits, REQUEST_ID, TIMEOUT};
pub use conditional::is_known;
pub(crate) use extract::RawBody;
pub use extract::{Json, NoBody, Path, Query, read_body};
pub(crate) use naming::name_field;
pub use naming::parse_json;
pub use object::optional_object;
pub(crate) use operations::ServerShared;
pub use operations::{DeadLetterView, HealthView, PlacedDeadLetter, public_routes};
pub(crate) use reply::json_response;
pub use reply::{
    Accepted, Created, Envelope, Failure, FailureInfo, IntoReply, Ok200, Page, PageEnvelope, PageInfo, Reply,
};
pub use scope::{RequestId, request_id, within_request};
pub(crate) use server::STOP_SECONDS;
pub use server::{HttpOptions, HttpServer, SocketNumber, serve, serve_operations, serve_public, unmatched};
pub(crate) use values::{Text, TextDeserializer};
pub use written::{BEFORE_DATA, BEHIND_DATA, Pen, WrittenData, written};
