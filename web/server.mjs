// The web server: Next.js for pages, and one origin for the API. What goes to /api, the WebSocket included, is handed
// to the gateway, so that the refresh cookie stays first-party. GATEWAY_URL is read when it starts, not when it is built.
import { createServer } from "node:http";
import { createProxyServer } from "http-proxy-3";
import next from "next";

const isDev = process.argv.includes("--dev");
const port = Number(process.env.PORT ?? 3000);
const hostname = process.env.HOST ?? (isDev ? "127.0.0.1" : "0.0.0.0");
const gateway = process.env.GATEWAY_URL ?? "http://127.0.0.1:8000";
const UPSTREAM_TIMEOUT_MS = 30_000;
const STOP_AFTER_MS = 5_000;

const proxy = createProxyServer({ target: gateway, xfwd: true, proxyTimeout: UPSTREAM_TIMEOUT_MS });

proxy.on("error", (error, _request, answer) => {
  // A WebSocket's end: whichever side went away, the other is told by the end of its connection.
  if (typeof answer?.writeHead !== "function") {
    answer?.destroy?.();
    return;
  }
  if (answer.destroyed || answer.writableEnded) return;
  console.error(`gateway unreachable: ${error.message}`);
  if (!answer.headersSent) {
    answer.writeHead(503, { "content-type": "application/json", "retry-after": "2" });
  }
  answer.end(
    JSON.stringify({
      success: false,
      data: null,
      message: "the service is not available at the moment",
      error: { code: "unavailable" },
    }),
  );
});

const isForGateway = (url = "") => /^\/(api|\.well-known)(\/|\?|$)/.test(url);

const app = next({ dev: isDev, dir: import.meta.dirname, hostname, port });
await app.prepare();
const render = app.getRequestHandler();
const upgradeNext = app.getUpgradeHandler();

const server = createServer((request, answer) => {
  if (request.url === "/health/live") {
    answer.writeHead(200, { "content-type": "application/json" }).end('{"status":"live"}');
  } else if (isForGateway(request.url)) {
    proxy.web(request, answer);
  } else {
    render(request, answer);
  }
});

server.on("upgrade", (request, socket, head) => {
  socket.on("error", () => socket.destroy());
  if (isForGateway(request.url)) {
    proxy.ws(request, socket, head);
  } else if (isDev) {
    upgradeNext(request, socket, head);
  } else {
    socket.destroy();
  }
});

server.listen(port, hostname, () => {
  const shown = hostname === "0.0.0.0" ? "127.0.0.1" : hostname;
  console.log(`ready http://${shown}:${server.address().port}`);
});

function stop() {
  server.close(() => process.exit(0));
  server.closeAllConnections();
  setTimeout(() => process.exit(0), STOP_AFTER_MS).unref();
}
process.on("SIGTERM", stop);
process.on("SIGINT", stop);
