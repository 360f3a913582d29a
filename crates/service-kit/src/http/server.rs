//! Starting and stopping a server.

use std::{
    collections::BTreeMap,
    fmt::Debug,
    future::ready,
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener},
    os::fd::{AsRawFd, RawFd},
    sync::Arc,
    time::Duration,
};

use actix_http::{HttpService, Protocol, Request, error::DispatchError};
use actix_server::Server;
use actix_service::{IntoServiceFactory, ServiceFactory, ServiceFactoryExt, fn_service, map_config};
use actix_web::{
    App, Error, HttpRequest, HttpResponse,
    body::MessageBody,
    dev::{AppConfig, ServerHandle, ServiceResponse},
    http::{KeepAlive, Method},
    rt::net::TcpStream,
    web::{self, Data, PayloadConfig},
};
use anyhow::Context as _;
use serde::Deserialize;
use tokio::task::JoinHandle;
use utoipa_actix_web::{AppExt, service_config::ServiceConfig};

use super::{
    border::{Border, Limits, Settings},
    metrics::RequestMetrics,
    operations,
    strict_stream::StrictStream,
};
use crate::{
    context::Context,
    error::{ApiError, ApiResult, ErrorKind},
};

/// The section `http` of a service's configuration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HttpOptions {
    /// The address to listen on.
    pub host: IpAddr,
    /// The port; 0 takes a free one.
    pub port: u16,
    /// Worker threads.
    pub workers: usize,
    /// The longest body, in bytes.
    pub body_limit: usize,
    /// How long a request may take, in milliseconds.
    pub request_timeout_ms: u64,
    /// How long an unused connection stays open, in milliseconds.
    pub keep_alive_ms: u64,
    /// The most connections of one worker.
    pub max_connections: usize,
    /// How long `/health/ready` says "draining" before the listener closes, in milliseconds.
    pub drain_ms: u64,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            host: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            workers: 2,
            body_limit: 256 * 1024,
            request_timeout_ms: 15_000,
            keep_alive_ms: 9_000,
            max_connections: 25_000,
            drain_ms: 0,
        }
    }
}

/// How long requests that run may take when the server stops.
pub(crate) const STOP_SECONDS: u64 = 4;
/// How long the head of a request may take to arrive.
const HEAD_DEADLINE: Duration = Duration::from_secs(5);
/// How long a body may take to arrive.
const BODY_DEADLINE: Duration = Duration::from_secs(10);

/// A server that runs.
pub struct HttpServer {
    pub(crate) address: SocketAddr,
    pub(crate) handle: ServerHandle,
    pub(crate) task: JoinHandle<io::Result<()>>,
    pub(crate) drain: Duration,
}

impl HttpServer {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

/// The descriptor of the socket that a request came by, in the request's connection data. It means that socket only
/// for as long as the connection lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SocketNumber(pub RawFd);

/// Starts a server that answers `routes` with `state` at hand, beside health, metrics and the OpenAPI document.
///
/// Must be called on a multi-thread tokio runtime; the workers are threads of their own.
pub fn serve<S: Send + Sync + 'static>(
    context: &Context,
    options: &HttpOptions,
    state: Arc<S>,
    routes: fn(&mut ServiceConfig<'_>),
) -> anyhow::Result<HttpServer> {
    let metrics = RequestMetrics::new(&context.registry)?;
    start(context, options, state, routes, (operations::routes, metrics, true))
}

/// As [`serve`], for a port that the world can reach: of its own it tells only whether it is up.
pub fn serve_public<S: Send + Sync + 'static>(
    context: &Context,
    options: &HttpOptions,
    state: Arc<S>,
    routes: fn(&mut ServiceConfig<'_>),
) -> anyhow::Result<HttpServer> {
    let metrics = RequestMetrics::new(&context.registry)?;
    start(
        context,
        options,
        state,
        routes,
        (operations::public_routes, metrics, false),
    )
}

/// Starts a second server for those who run the platform: health, metrics, the OpenAPI document, nothing else.
pub fn serve_operations(context: &Context, options: &HttpOptions) -> anyhow::Result<HttpServer> {
    // Requests for figures are not figures themselves.
    let metrics = RequestMetrics::new(&prometheus::Registry::new())?;
    start(
        context,
        options,
        Arc::new(()),
        |_| {},
        (operations::routes, metrics, true),
    )
}

/// The routes that a server has by itself, where its requests are counted, and whether its callers are services.
type Own = (fn(&mut ServiceConfig<'_>), RequestMetrics, bool);

fn start<S: Send + Sync + 'static>(
    context: &Context,
    options: &HttpOptions,
    state: Arc<S>,
    routes: fn(&mut ServiceConfig<'_>),
    (own_routes, metrics, is_inside): Own,
) -> anyhow::Result<HttpServer> {
    let listener = bind(context.service, options)?;
    let address = listener.local_addr()?;
    let limits = Limits {
        body_bytes: options.body_limit,
        body_deadline: BODY_DEADLINE,
    };
    let settings = Arc::new(Settings {
        limits,
        deadline: Duration::from_millis(options.request_timeout_ms),
        is_https: context.public_url.scheme() == "https",
        is_inside,
        health: context.health.clone(),
        metrics,
    });
    let api = crate::openapi::of(context.service, routes);
    let allowed = Data::new(AllowedMethods::new(&api));
    let shared = Data::new(operations::ServerShared::new(context.clone(), &api)?);
    let tokens = Data::new(context.internal.clone());
    let state = Data::from(state);
    let bordered = settings.clone();
    let app = move || {
        let configured = App::new()
            .app_data(limits)
            .app_data(PayloadConfig::new(limits.body_bytes))
            .app_data(shared.clone())
            .app_data(tokens.clone())
            .app_data(allowed.clone())
            .app_data(state.clone())
            .into_utoipa_app()
            .configure(own_routes)
            .configure(routes)
            .into_app();
        configured
            .default_service(web::to(unmatched))
            .wrap(Border(bordered.clone()))
    };
    let server = listen((context.service, listener), options, settings, app)
        .with_context(|| format!("the listener of {} on {address}", context.service))?;
    let handle = server.handle();
    let task = tokio::spawn(server);
    Ok(HttpServer {
        address,
        handle,
        task,
        drain: Duration::from_millis(options.drain_ms),
    })
}

/// As the framework's own server, on connections that let only strict heads through to its parser.
fn listen<F, I, S, B>(
    (name, listener): (&str, TcpListener),
    options: &HttpOptions,
    settings: Arc<Settings>,
    app: F,
) -> io::Result<Server>
where
    F: Fn() -> I + Clone + Send + 'static,
    I: IntoServiceFactory<S, Request>,
    S: ServiceFactory<Request, Config = AppConfig, Response = ServiceResponse<B>, Error = Error> + 'static,
    S::InitError: Debug,
    B: MessageBody + 'static,
{
    let keep_alive = Duration::from_millis(options.keep_alive_ms);
    let address = listener.local_addr()?;
    let builder = Server::build()
        .workers(options.workers.max(1))
        .disable_signals()
        .max_concurrent_connections(options.max_connections)
        .shutdown_timeout(STOP_SECONDS);
    let stopping = builder.graceful_shutdown_signal();
    let builder = builder.listen(name, listener, move || {
        let (stopping, settings) = (stopping.clone(), settings.clone());
        let service = app().into_factory().map_err(|error: Error| error.error_response());
        let http = HttpService::build()
            .graceful_shutdown_signal(move || {
                let stopping = stopping.clone();
                async move { stopping.notified().await }
            })
            .keep_alive(KeepAlive::Timeout(keep_alive))
            .client_request_timeout(HEAD_DEADLINE)
            .client_disconnect_timeout(Duration::from_secs(2))
            .local_addr(address)
            .on_connect_ext(|connection: &StrictStream<TcpStream>, data| {
                data.insert(SocketNumber(connection.inner().as_raw_fd()));
            })
            // Nothing here asks the framework for the server's own name.
            .finish(map_config(service, |()| AppConfig::default()));
        let strict = move |connection| ready(Ok::<_, DispatchError>(strict(connection, settings.clone())));
        fn_service(strict).and_then(http)
    })?;
    Ok(builder.run())
}

/// A new connection, as the HTTP service takes it.
fn strict(connection: TcpStream, settings: Arc<Settings>) -> (StrictStream<TcpStream>, Protocol, Option<SocketAddr>) {
    // Answers are written whole; where this cannot be set they are slower, nothing else.
    drop(connection.set_nodelay(true));
    let peer = connection.peer_addr().ok();
    (StrictStream::new(connection, settings), Protocol::Http1, peer)
}

fn bind(service: &str, options: &HttpOptions) -> anyhow::Result<TcpListener> {
    let address = SocketAddr::new(options.host, options.port);
    TcpListener::bind(address).map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => anyhow::anyhow!(
            "port {} is in use, so {service} can't listen on {address}; stop the other program or set {}__HTTP__PORT",
            options.port,
            crate::config::section(service)
        ),
        io::ErrorKind::PermissionDenied => {
            anyhow::anyhow!("{service} may not listen on {address}; take a port above 1023")
        }
        io::ErrorKind::AddrNotAvailable => anyhow::anyhow!(
            "{} is no address of this machine, so {service} can't listen there",
            options.host
        ),
        _ => anyhow::anyhow!("{service} can't listen on {address}: {error}"),
    })
}

/// The methods of each path, for the header `Allow`.
pub(crate) struct AllowedMethods(BTreeMap<String, Vec<String>>);

impl AllowedMethods {
    fn new(api: &utoipa::openapi::OpenApi) -> Self {
        let mut methods: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (path, item) in &api.paths.paths {
            let present = [
                ("GET", &item.get),
                ("PUT", &item.put),
                ("POST", &item.post),
                ("DELETE", &item.delete),
                ("PATCH", &item.patch),
                ("OPTIONS", &item.options),
            ];
            let of_path = methods.entry(path.clone()).or_default();
            for (method, operation) in present {
                if operation.is_some() {
                    of_path.push(method.to_owned());
                    if method == "GET" {
                        of_path.push("HEAD".to_owned());
                    }
                }
            }
        }
        Self(methods)
    }

    /// The methods of a path that is known by its very name: a sibling `{id}` must not answer in its stead.
    fn named(&self, path: &str) -> Option<&Vec<String>> {
        self.0.get(path).filter(|_| !path.contains('{'))
    }

    /// 405 where a path is known by its very name, without this method.
    pub(crate) fn refusal(&self, path: &str, method: &Method) -> Option<ApiError> {
        let methods = self.named(path)?;
        let is_known = methods.iter().any(|known| known == method.as_str()) || *method == Method::OPTIONS;
        (!is_known).then(|| refused(method, methods.clone()))
    }
}

fn refused(method: &Method, methods: Vec<String>) -> ApiError {
    let message = format!("the path has {}, not {method}", methods.join(", "));
    ApiError::new(ErrorKind::MethodNotAllowed, message).with_allow(methods)
}

/// The answer where no route fits: 405 if only the method is wrong, else 404.
pub async fn unmatched(request: HttpRequest) -> ApiResult<HttpResponse> {
    let pattern = request.resource_map().match_pattern(request.path());
    let Some(pattern) = pattern else {
        return Err(ApiError::new(ErrorKind::NotFound, "no such path"));
    };
    let allowed = request.app_data::<Data<AllowedMethods>>();
    let methods = allowed
        .and_then(|allowed| {
            let named = allowed.named(request.path());
            named.or_else(|| allowed.0.get(&without_expressions(&pattern))).cloned()
        })
        .unwrap_or_else(|| vec!["GET".to_owned(), "HEAD".to_owned()]);
    Err(refused(request.method(), methods))
}

/// `/a/{id:\d+}/` as the document writes it: `/a/{id}/`.
fn without_expressions(pattern: &str) -> String {
    let mut plain = String::with_capacity(pattern.len());
    let mut depth = 0_usize;
    let mut is_expression = false;
    for letter in pattern.chars() {
        match letter {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ':' if depth == 1 => is_expression = true,
            _ => {}
        }
        if depth == 0 {
            is_expression = false;
        }
        if !is_expression {
            plain.push(letter);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_pattern_loses_its_expressions() {
        assert_eq!(
            super::without_expressions(r"/a/{id:\d{1,3}}/b/{name}"),
            "/a/{id}/b/{name}"
        );
    }
}
