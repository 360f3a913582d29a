use std::{
    net::Ipv4Addr,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// Stands before the instances of a service, as a cluster's own balancer does: each new connection goes to the next
/// instance that takes it.
pub struct Balancer {
    port: u16,
    instances: Arc<Mutex<Vec<u16>>>,
    task: JoinHandle<()>,
}

impl Balancer {
    /// Listens on a free port, with nobody behind it yet.
    pub async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let instances = Arc::new(Mutex::new(Vec::new()));
        let task = tokio::spawn(serve(listener, Arc::clone(&instances)));
        Self { port, instances, task }
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Connections may go to this instance from now on.
    pub fn add(&self, port: u16) {
        lock(&self.instances).push(port);
    }

    /// No new connection goes there any more; those that are open stay.
    pub fn remove(&self, port: u16) {
        lock(&self.instances).retain(|known| *known != port);
    }
}

impl Drop for Balancer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn lock(instances: &Mutex<Vec<u16>>) -> std::sync::MutexGuard<'_, Vec<u16>> {
    instances.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve(listener: TcpListener, instances: Arc<Mutex<Vec<u16>>>) {
    let mut turn = 0_usize;
    loop {
        let Ok((mut client, _)) = listener.accept().await else {
            continue;
        };
        turn = turn.wrapping_add(1);
        let instances = lock(&instances).clone();
        tokio::spawn(async move {
            for step in 0..instances.len() {
                let port = instances[(turn + step) % instances.len()];
                if let Ok(mut server) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await {
                    // Whichever side goes first ends both.
                    drop(copy_bidirectional(&mut client, &mut server).await);
                    return;
                }
            }
        });
    }
}
