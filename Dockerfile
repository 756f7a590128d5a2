# The same steps as the Makefile: `make build` in a build stage, RUN_PACKAGES in the image that runs.
FROM node:20-bookworm AS node
FROM golang:1.26-bookworm AS build
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules /usr/local/lib/node_modules
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 make build

FROM debian:bookworm-slim
RUN apt-get update -q \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends ca-certificates tini chromium fonts-liberation \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --create-home --home-dir /var/lib/cobrowse cobrowse
COPY --from=build /src/bin/connector /usr/local/bin/connector
USER cobrowse
WORKDIR /var/lib/cobrowse
ENV COBROWSE_LISTEN=:8080
EXPOSE 8080
# Chromium's own sandbox needs unprivileged user namespaces on the host (Kubernetes: a seccomp profile that allows them).
HEALTHCHECK --interval=15s --timeout=3s CMD ["/usr/local/bin/connector", "health"]
STOPSIGNAL SIGTERM
# Chromium's helpers outlive their parent for a moment; as process 1, tini takes them in.
ENTRYPOINT ["/usr/bin/tini", "--", "/usr/local/bin/connector"]
CMD ["serve"]
