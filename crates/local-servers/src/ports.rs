//! Loopback ports.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Mutex, PoisonError};

use crate::error::{Doing, Error, Result};

/// A port of 127.0.0.1 on which nobody listens now, and which this function has not given to this process before.
pub fn free_port() -> Result<u16> {
    // The system may name the same port again as long as nobody listens on it.
    static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
    let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
    // Held until a new one is found, so that each try finds another port.
    let mut tried = Vec::new();
    loop {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).doing(|| "looking for a free port")?;
        let port = listener.local_addr().doing(|| "looking for a free port")?.port();
        if given.insert(port) {
            return Ok(port);
        }
        if tried.len() > 1000 {
            // A long life has seen all ports; those of its beginning are free again.
            given.clear();
        }
        tried.push(listener);
    }
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
    }
}
