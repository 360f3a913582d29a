//! Asks a server by the first words of its own protocol whether it is there and lets us in.

use std::io::{Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use crate::address::Address;

mod amqp;
mod postgres;
mod redis;

pub use amqp::amqp;
pub use postgres::{create_postgres_database, postgres};
pub use redis::redis;

/// Why a probe failed, as a clause that follows the server's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoAnswer(String);

type Answer<T = ()> = Result<T, NoAnswer>;

const CONNECT: Duration = Duration::from_secs(2);
const REPLY: Duration = Duration::from_secs(5);

pub(super) fn no(reason: impl Into<String>) -> NoAnswer {
    NoAnswer(reason.into())
}

pub(super) fn parse(url: &str, usual_port: u16, schemes: &[&str]) -> Answer<Address> {
    let address = Address::parse(url, usual_port).filter(|address| schemes.contains(&address.scheme.as_str()));
    address.ok_or_else(|| {
        no(format!(
            "has an address that does not read {}://user:password@host:port",
            schemes[0]
        ))
    })
}

pub(super) fn connect(address: &Address) -> Answer<TcpStream> {
    let unreachable = |error: std::io::Error| no(format!("does not answer at {} ({error})", address.place()));
    let targets = (address.host.as_str(), address.port)
        .to_socket_addrs()
        .map_err(unreachable)?;
    let mut failure = no(format!("has no address under the name {}", address.host));
    for target in targets {
        match TcpStream::connect_timeout(&target, CONNECT) {
            Ok(stream) => {
                stream.set_read_timeout(Some(REPLY)).map_err(unreachable)?;
                stream.set_write_timeout(Some(REPLY)).map_err(unreachable)?;
                return Ok(stream);
            }
            Err(error) => failure = unreachable(error),
        }
    }
    Err(failure)
}

pub(super) fn write(stream: &mut TcpStream, bytes: &[u8]) -> Answer {
    stream
        .write_all(bytes)
        .map_err(|error| no(format!("broke off the conversation ({error})")))
}

pub(super) fn read<const N: usize>(stream: &mut TcpStream) -> Answer<[u8; N]> {
    let mut bytes = [0; N];
    stream
        .read_exact(&mut bytes)
        .map_err(|error| no(format!("does not speak the expected protocol ({error})")))?;
    Ok(bytes)
}

/// A message of at most 64 KiB, which no greeting exceeds.
pub(super) fn read_body(stream: &mut TcpStream, size: usize) -> Answer<Vec<u8>> {
    if size > 64 * 1024 {
        return Err(no("does not speak the expected protocol"));
    }
    let mut body = vec![0; size];
    stream
        .read_exact(&mut body)
        .map_err(|error| no(format!("broke off the conversation ({error})")))?;
    Ok(body)
}

pub(super) fn length(size: usize) -> [u8; 4] {
    u32::try_from(size).unwrap_or(u32::MAX).to_be_bytes()
}
