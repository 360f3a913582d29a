# The web app, as Next.js's standalone server.
#   docker build -f deploy/docker/web.Dockerfile --build-arg GATEWAY_URL=http://gateway:8000 -t candlewick-web:0.1.0 .
ARG NODE_IMAGE=node:22.19.0-bookworm-slim

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /source
COPY web/package.json web/package-lock.json ./
RUN npm ci --ignore-scripts

FROM ${NODE_IMAGE} AS build
WORKDIR /source
COPY --from=dependencies /source/node_modules ./node_modules
COPY web ./
# Where `/api` leads is written into the routes at build time.
ARG GATEWAY_URL=http://gateway:8000
ENV GATEWAY_URL=${GATEWAY_URL} NEXT_TELEMETRY_DISABLED=1
RUN npm run build

FROM ${NODE_IMAGE} AS runtime
WORKDIR /app
COPY --from=build /source/.next/standalone ./
COPY --from=build /source/.next/static ./.next/static
COPY --from=build /source/public ./public
ENV NODE_ENV=production NEXT_TELEMETRY_DISABLED=1 HOSTNAME=0.0.0.0 PORT=3000
USER 10001:10001
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=4s --start-period=20s --retries=3 \
    CMD ["node", "-e", "fetch('http://127.0.0.1:3000/', {redirect: 'manual', signal: AbortSignal.timeout(3000)}).then(answer => process.exit(answer.status < 500 ? 0 : 1), () => process.exit(1))"]
CMD ["node", "server.js"]
