# Vigie in a container: built in one stage, run as nobody special in the next.
#
#   docker build -t vigie .
#   docker run --rm -p 127.0.0.1:7070:7070 -v vigie:/data vigie                       the playground
#   docker run -d --restart=unless-stopped --env-file .env -v vigie:/data vigie       the real thing

FROM rust:1.95-slim-bookworm AS build
WORKDIR /build
COPY . .
RUN cargo build --release --locked

FROM debian:bookworm-slim
RUN useradd --system --user-group --uid 10001 --no-create-home vigie && install -d -o vigie -g vigie /data
COPY --from=build /build/target/release/vigie /usr/local/bin/vigie
COPY --from=build /build/LICENSE /build/LICENSE-MIT /build/LICENSE-APACHE /usr/share/doc/vigie/

USER vigie
WORKDIR /data
VOLUME /data
# Inside a container "all addresses" is the container's own; what is let in from outside is said with -p.
ENV DATABASE_URL=sqlite:///data/vigie.db VIGIE_HTTP=0.0.0.0:7070 VIGIE_PUBLIC_URL=http://127.0.0.1:7070
EXPOSE 7070
STOPSIGNAL SIGTERM
# bash talks to the port itself, so that the image needs no curl.
HEALTHCHECK --interval=30s --timeout=3s --start-period=5s CMD ["bash", "-c", \
    "exec 3<>/dev/tcp/127.0.0.1/7070 && printf 'GET /healthz HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && grep -q '200 OK' <&3"]
ENTRYPOINT ["vigie"]
CMD ["serve"]
