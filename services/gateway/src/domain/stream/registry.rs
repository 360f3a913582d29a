//! All open streams of this gateway, and what they tell.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{sync::Notify, time::Instant};

use super::{frame::Close, link::Link, live::Live, prices::Prices};

/// How many connections there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// In all.
    pub clients: usize,
    /// From one address.
    pub per_address: usize,
}

/// Why a connection does not come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Full {
    /// There are too many from this address.
    Address,
    /// There are too many.
    Everywhere,
    /// The server goes away.
    Closing,
}

/// All open streams, and what they tell.
pub struct Streams {
    began: Instant,
    doors: Arc<Mutex<Doors>>,
    is_closing: AtomicBool,
    prices: Mutex<Prices>,
    live: Mutex<Live>,
    /// Something is there to be published.
    pub changed: Notify,
    /// What other services own has to be asked for again.
    pub outdated: Notify,
    /// It was asked for again.
    pub refreshed: Notify,
}

#[derive(Default)]
struct Doors {
    next: u64,
    links: HashMap<u64, Arc<Link>>,
    by_address: HashMap<IpAddr, usize>,
}

impl Default for Streams {
    fn default() -> Self {
        Self {
            began: Instant::now(),
            doors: Arc::default(),
            is_closing: AtomicBool::new(false),
            prices: Mutex::default(),
            live: Mutex::default(),
            changed: Notify::new(),
            outdated: Notify::new(),
            refreshed: Notify::new(),
        }
    }
}

impl Streams {
    /// The time of streams: only differences count.
    pub fn now(&self) -> Duration {
        self.began.elapsed()
    }

    /// The newest prices.
    pub fn prices(&self) -> MutexGuard<'_, Prices> {
        self.prices.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What other services own.
    pub fn live(&self) -> MutexGuard<'_, Live> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets a connection in, for as long as its place is held.
    pub fn enter(&self, address: IpAddr, room: Room) -> Result<Place, Full> {
        let now = self.now();
        let mut doors = lock(&self.doors);
        if self.is_closing.load(Ordering::Acquire) {
            return Err(Full::Closing);
        }
        if doors.links.len() >= room.clients {
            return Err(Full::Everywhere);
        }
        let here = doors.by_address.entry(address).or_default();
        if *here >= room.per_address {
            return Err(Full::Address);
        }
        *here += 1;
        doors.next += 1;
        let link = Arc::new(Link::new(doors.next));
        link.heard(now);
        doors.links.insert(link.id(), link.clone());
        Ok(Place {
            link,
            address,
            doors: self.doors.clone(),
        })
    }

    /// Every open connection.
    pub fn links(&self) -> Vec<Arc<Link>> {
        lock(&self.doors).links.values().cloned().collect()
    }

    /// Says goodbye to everybody; nobody comes in any more.
    pub fn close(&self) {
        self.is_closing.store(true, Ordering::Release);
        let now = self.now();
        for link in self.links() {
            link.close(Close::Restart, now);
        }
    }
}

fn lock(doors: &Mutex<Doors>) -> MutexGuard<'_, Doors> {
    doors.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The place of one open connection.
pub struct Place {
    link: Arc<Link>,
    address: IpAddr,
    doors: Arc<Mutex<Doors>>,
}

impl Place {
    /// The connection, as seen from outside.
    pub fn link(&self) -> &Arc<Link> {
        &self.link
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut doors = lock(&self.doors);
        doors.links.remove(&self.link.id());
        if let Some(here) = doors.by_address.get_mut(&self.address) {
            *here -= 1;
            if *here == 0 {
                doors.by_address.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[tokio::test]
    async fn places_are_limited_in_all_and_by_address_and_come_free_again() {
        let (streams, room) = (
            Streams::default(),
            Room {
                clients: 3,
                per_address: 2,
            },
        );
        let address = |last| IpAddr::V4(Ipv4Addr::new(203, 0, 113, last));
        let mut held: Vec<Place> = (0..2)
            .map(|_| {
                streams
                    .enter(address(1), room)
                    .unwrap_or_else(|full| panic!("{full:?}"))
            })
            .collect();
        assert_eq!(streams.enter(address(1), room).err(), Some(Full::Address));
        held.extend(streams.enter(address(2), room));
        assert_eq!(streams.enter(address(3), room).err(), Some(Full::Everywhere));
        held.remove(0);
        held.extend(streams.enter(address(1), room));
        assert_eq!(streams.links().len(), 3);
        streams.close();
        held.clear();
        assert_eq!(streams.enter(address(1), room).err(), Some(Full::Closing));
        assert!(streams.links().is_empty());
    }
}
