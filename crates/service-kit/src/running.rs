//! Owned tasks, and a service that runs.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use futures_util::future::join_all;
use tokio::{
    sync::watch,
    task::{JoinError, JoinHandle, JoinSet},
    time::{Instant, timeout, timeout_at},
};
use tokio_util::sync::CancellationToken;

use crate::{
    context::Context,
    db::Db,
    health::Health,
    http::{self, HttpServer},
    idempotency, instances,
};

/// How long a stop may take in all: what requests did not need of it is left to the tasks.
const STOP_DEADLINE: Duration = Duration::from_secs(9);
/// How long a service may say that it drains; a longer wish would not leave time for the rest.
const MAX_DRAIN: Duration = Duration::from_secs(2);
/// How often what is no longer needed is deleted.
const CLEAN_UP_PERIOD: Duration = Duration::from_secs(3600);

/// Tasks with their names.
type TaskSet = JoinSet<(&'static str, anyhow::Result<()>)>;

/// The background tasks of a service. Each runs until the service stops; one that ends before stops the service.
pub struct Tasks {
    set: TaskSet,
    shutdown: CancellationToken,
}

impl Tasks {
    /// None yet.
    pub fn new(context: &Context) -> Self {
        Self {
            set: JoinSet::new(),
            shutdown: context.shutdown.clone(),
        }
    }

    /// Starts a task. It has to end soon after [`Tasks::shutdown`] is cancelled; an error or an early end is a fault of the service.
    pub fn spawn(&mut self, name: &'static str, task: impl Future<Output = anyhow::Result<()>> + Send + 'static) {
        self.set.spawn(async move { (name, task.await) });
    }

    /// Starts a task that has nothing to finish: it is dropped, wherever it waits, when the service stops.
    pub fn spawn_droppable(
        &mut self,
        name: &'static str,
        task: impl Future<Output = anyhow::Result<()>> + Send + 'static,
    ) {
        let shutdown = self.shutdown.clone();
        self.spawn(name, async move {
            shutdown.run_until_cancelled_owned(task).await.unwrap_or(Ok(()))
        });
    }

    /// Runs `job` again and again, `period` after its end. Its errors are logged; they don't stop the service.
    pub fn spawn_periodic<J, F>(&mut self, name: &'static str, period: Duration, mut job: J)
    where
        J: FnMut() -> F + Send + 'static,
        F: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        let shutdown = self.shutdown.clone();
        self.spawn(name, async move {
            while shutdown.run_until_cancelled(tokio::time::sleep(period)).await.is_some() {
                if let Err(error) = job().await {
                    tracing::warn!(
                        job = name,
                        error = format!("{error:#}"),
                        "job failed, it will be tried again"
                    );
                }
            }
            Ok(())
        });
    }

    /// Starts what every service with a database runs: the relay of its facts, and the clean-up of stored answers.
    pub fn spawn_shared(&mut self, context: &Context) -> anyhow::Result<()> {
        let db = context.db()?.clone();
        let relay = messaging::Relay {
            pool: db.pool().clone(),
            broker: context.broker.clone(),
            outbox: context.outbox.clone(),
            metrics: context.messaging.clone(),
        };
        let stop = self.shutdown.clone();
        self.spawn("relay", async move {
            relay.run(stop).await;
            Ok(())
        });
        let clock = context.clock.clone();
        self.spawn_periodic("forget old answers", CLEAN_UP_PERIOD, move || {
            let (db, clock) = (db.clone(), clock.clone());
            async move {
                let mut conn = db.get().await?;
                idempotency::forget_old(&mut conn, clock.now()).await?;
                Ok(())
            }
        });
        Ok(())
    }

    /// Starts the reader of the service's durable queue.
    pub fn spawn_consumer(
        &mut self,
        context: &Context,
        handler: Arc<dyn messaging::Handler>,
        options: messaging::ConsumerOptions,
    ) -> anyhow::Result<()> {
        let consumer = messaging::Consumer {
            service: context.service,
            pool: context.db()?.pool().clone(),
            broker: context.broker.clone(),
            handler,
            metrics: context.messaging.clone(),
            options,
        };
        let stop = self.shutdown.clone();
        self.spawn("consumer", async move {
            consumer.run(stop).await;
            Ok(())
        });
        Ok(())
    }

    /// Tells tasks to end.
    pub fn shutdown(&self) -> &CancellationToken {
        &self.shutdown
    }
}

/// A service that runs. Dropping it ends everything at once; [`Running::stop`] is the orderly way.
pub struct Running {
    service: &'static str,
    server: Option<RunningServer>,
    /// Servers beside it, for those who run the platform.
    others: Vec<RunningServer>,
    failed: watch::Sender<Option<String>>,
    tasks: Option<JoinHandle<TaskSet>>,
    failure: watch::Receiver<Option<String>>,
    shutdown: CancellationToken,
    health: Health,
    db: Option<Db>,
}

struct RunningServer {
    address: SocketAddr,
    handle: actix_web::dev::ServerHandle,
    drain: Duration,
    ended: watch::Receiver<bool>,
}

impl Running {
    /// From its parts; `server` is `None` for a service without HTTP, in tests for example.
    pub fn new(context: &Context, server: impl Into<Option<HttpServer>>, mut tasks: Tasks) -> Self {
        tasks.spawn_droppable("announce", instances::announce(context.clone()));
        let (failed, failure) = watch::channel(None);
        let shutdown = context.shutdown.clone();
        let server = server
            .into()
            .map(|server| watch_server(server, failed.clone(), context.health.clone()));
        let tasks = tokio::spawn(watch_tasks(tasks.set, failed.clone(), shutdown.clone()));
        if let Some(server) = &server {
            tracing::info!(service = context.service, address = %server.address, "started");
        }
        Self {
            service: context.service,
            server,
            others: Vec::new(),
            failed,
            tasks: Some(tasks),
            failure,
            shutdown,
            health: context.health.clone(),
            db: context.db.clone(),
        }
    }

    /// With another server, that stops with it.
    pub fn with_server(mut self, server: HttpServer) -> Self {
        self.others
            .push(watch_server(server, self.failed.clone(), self.health.clone()));
        self
    }

    /// The service's name.
    pub fn service(&self) -> &'static str {
        self.service
    }

    /// Where it listens; port 0 where it doesn't.
    pub fn address(&self) -> SocketAddr {
        self.server
            .as_ref()
            .map_or_else(|| SocketAddr::from(([127, 0, 0, 1], 0)), |server| server.address)
    }

    /// The base of its addresses, `http://127.0.0.1:8101`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address())
    }

    /// Whether all that it needs answers.
    pub async fn is_ready(&self) -> bool {
        self.health.report().await.is_ready()
    }

    /// Waits until a task or the server dies, and says which. Never returns while all is well.
    pub async fn failed(&self) -> String {
        let mut failure = self.failure.clone();
        let cause = match failure.wait_for(Option::is_some).await {
            Ok(cause) => cause.clone(),
            Err(_) => None,
        };
        match cause {
            Some(cause) => cause,
            // Every watcher ended in order: the service was stopped, which is no failure.
            None => std::future::pending().await,
        }
    }

    /// Stops in order: not ready any more, no new requests, running ones finish, tasks end, connections close.
    ///
    /// Takes less than 10 s. Fails with what did not end by itself.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        let deadline = Instant::now() + STOP_DEADLINE;
        self.health.start_draining();
        let mut stuck = Vec::new();
        let servers: Vec<RunningServer> = self.server.take().into_iter().chain(self.others.drain(..)).collect();
        let drain = servers.iter().map(|server| server.drain).max().unwrap_or_default();
        tokio::time::sleep(drain.min(MAX_DRAIN)).await;
        let are_clean = join_all(servers.into_iter().map(stop_server)).await;
        if are_clean.contains(&false) {
            stuck.push("requests".to_owned());
        }
        self.shutdown.cancel();
        if let Some(tasks) = self.tasks.take() {
            stuck.extend(end_tasks(tasks, deadline).await);
        }
        if let Some(db) = &self.db {
            db.close();
        }
        if stuck.is_empty() {
            tracing::info!(service = self.service, "stopped");
            return Ok(());
        }
        anyhow::bail!("{} had to be cut off: {}", self.service, stuck.join(", "))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.health.start_draining();
        self.shutdown.cancel();
        for server in self.server.iter().chain(&self.others) {
            // The command is sent at once; nobody waits for its end.
            drop(server.handle.stop(false));
        }
        if let Some(tasks) = &self.tasks {
            tasks.abort();
        }
    }
}

fn watch_server(server: HttpServer, failed: watch::Sender<Option<String>>, health: Health) -> RunningServer {
    let (ending, ended) = watch::channel(false);
    let HttpServer {
        address,
        handle,
        task,
        drain,
    } = server;
    tokio::spawn(async move {
        let outcome = task.await;
        let cause = match outcome {
            Ok(Ok(())) => "the HTTP server ended".to_owned(),
            Ok(Err(error)) => format!("the HTTP server failed: {error}"),
            Err(error) => format!("the HTTP server died: {error}"),
        };
        if !health.is_draining() {
            failed.send_if_modified(|slot| slot.is_none() && slot.replace(cause).is_none());
        }
        ending.send_replace(true);
    });
    RunningServer {
        address,
        handle,
        drain,
        ended,
    }
}

async fn stop_server(server: RunningServer) -> bool {
    let deadline = Duration::from_secs(http::STOP_SECONDS + 1);
    let mut ended = server.ended.clone();
    let is_clean = timeout(deadline, async {
        server.handle.stop(true).await;
        // An error means that the watcher is gone, and with it the server.
        drop(ended.wait_for(|is_over| *is_over).await);
    })
    .await
    .is_ok();
    if !is_clean {
        drop(server.handle.stop(false));
    }
    is_clean
}

/// Watches the tasks until one ends early or the service stops, and hands the rest over.
async fn watch_tasks(mut set: TaskSet, failed: watch::Sender<Option<String>>, shutdown: CancellationToken) -> TaskSet {
    loop {
        let ended = tokio::select! {
            () = shutdown.cancelled() => return set,
            ended = set.join_next(), if !set.is_empty() => ended,
        };
        if shutdown.is_cancelled() {
            return set;
        }
        let cause = match ended {
            Some(Ok((name, Ok(())))) => format!("the task {name} ended"),
            Some(Ok((name, Err(error)))) => format!("the task {name} failed: {error:#}"),
            Some(Err(error)) => describe(error),
            None => continue,
        };
        tracing::error!(cause, "a task died, the service stops");
        failed.send_if_modified(|slot| slot.is_none() && slot.replace(cause).is_none());
    }
}

fn describe(error: JoinError) -> String {
    match error.try_into_panic() {
        Ok(panic) => {
            let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
            let text = text
                .or_else(|| panic.downcast_ref::<String>().cloned())
                .unwrap_or_default();
            format!("a task panicked: {text}")
        }
        Err(error) => format!("a task was cut off: {error}"),
    }
}

/// Waits for the tasks to end, then cuts off the rest; says what went wrong.
async fn end_tasks(watcher: JoinHandle<TaskSet>, deadline: Instant) -> Vec<String> {
    let mut set = match timeout_at(deadline, watcher).await {
        Ok(Ok(set)) => set,
        Ok(Err(error)) => return vec![describe(error)],
        Err(_) => return vec!["the watcher of tasks".to_owned()],
    };
    let mut wrong = Vec::new();
    loop {
        match timeout_at(deadline, set.join_next()).await {
            Ok(None) => return wrong,
            Ok(Some(Ok((_, Ok(()))))) => {}
            Ok(Some(Ok((name, Err(error))))) => wrong.push(format!("{name} ({error:#})")),
            Ok(Some(Err(error))) => wrong.push(describe(error)),
            Err(_) => {
                wrong.push(format!("{} tasks", set.len()));
                set.shutdown().await;
                return wrong;
            }
        }
    }
}
