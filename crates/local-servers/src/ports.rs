//! Loopback ports.

use std::collections::BTreeSet;
use std::hash::{BuildHasher, RandomState};
use std::net::{Ipv4Addr, TcpListener};
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use crate::error::{Doing, Error, Result};

/// Where ports are looked for: below those (from 32768 on, as Linux comes) of which the system takes one for each connection
/// that somebody opens. Of these any may be gone when a server that was stopped wants its port again.
const PORTS: Range<u16> = 10_000..32_768;
/// How many are tried before the system is asked for one of its own.
const TRIES: usize = 1_000;

/// A port of 127.0.0.1 on which nobody listens now, and which this function has not given to this process before.
pub fn free_port() -> Result<u16> {
    static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
    let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
    if given.len() * 2 > PORTS.len() {
        // A long life has seen half of all ports; those of its beginning are free again.
        given.clear();
    }
    // Other processes look as well: each looks elsewhere.
    let random = RandomState::new();
    for number in 0..TRIES {
        let offset = random.hash_one(number) % PORTS.len() as u64;
        let port = PORTS.start + u16::try_from(offset).unwrap_or(0);
        if !given.contains(&port) && TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            given.insert(port);
            return Ok(port);
        }
    }
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).doing(|| "looking for a free port")?;
    Ok(listener.local_addr().doing(|| "looking for a free port")?.port())
}

/// Fails with one sentence when somebody listens on `port` of 127.0.0.1.
pub fn require_free_port(port: u16) -> Result<()> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => Err(Error::PortInUse { port }),
        Err(error) => Err(error).doing(|| format!("listening on port {port}")),
    }
}

/// The wanted port if it is free, or any free one.
pub(crate) fn choose(wanted: Option<u16>) -> Result<u16> {
    match wanted {
        Some(port) => require_free_port(port).map(|()| port),
        None => free_port(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_port_is_given_twice() {
        let ports: Vec<u16> = (0..3000).map(|_| free_port().unwrap()).collect();
        assert_eq!(ports.iter().collect::<BTreeSet<_>>().len(), ports.len());
        assert!(ports.iter().all(|port| PORTS.contains(port)));
    }
}
