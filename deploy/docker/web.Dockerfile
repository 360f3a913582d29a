# The web app. GATEWAY_URL is read when it starts.
#   docker build -f deploy/docker/web.Dockerfile -t candlewick-web:0.1.0 .
ARG NODE_IMAGE=node:22.19.0-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
ENV NEXT_TELEMETRY_DISABLED=1
COPY web/package.json web/package-lock.json ./
RUN npm ci --ignore-scripts
COPY web ./
# What building keeps for the next build is not needed to run.
RUN npm run build && rm -rf .next/cache && mkdir .next/cache

# What only building and testing need stays behind.
FROM ${NODE_IMAGE} AS production
WORKDIR /app
COPY web/package.json web/package-lock.json ./
RUN npm ci --ignore-scripts --omit=dev

FROM ${NODE_IMAGE} AS runtime
WORKDIR /app
ENV NODE_ENV=production NEXT_TELEMETRY_DISABLED=1 HOST=0.0.0.0 PORT=3000
COPY web ./
COPY --from=production /app/node_modules ./node_modules
COPY --from=build /app/.next ./.next
USER 10001:10001
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=4s --start-period=20s --retries=3 \
    CMD ["node", "-e", "fetch('http://127.0.0.1:3000/health/live', {signal: AbortSignal.timeout(3000)}).then(answer => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "server.mjs"]
