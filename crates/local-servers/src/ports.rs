//! Loopback ports.

use std::net::{Ipv4Addr, TcpListener};

use crate::error::{Doing, Error, Result};

/// A port of 127.0.0.1 on which nobody listens now.
pub fn free_port() -> Result<u16> {
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
