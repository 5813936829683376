# Every service and command of Tocsin, but the embedded cluster: the distribution that `mvn -Pdist` makes, on Debian, not as root.
FROM maven:3.9-eclipse-temurin-25 AS build
WORKDIR /build
COPY . .
RUN mvn -B -q -Pdist -pl dist -am && mv dist/target/tocsin-*[!z] /opt/tocsin

FROM debian:bookworm-slim
RUN useradd --uid 10001 --create-home --home-dir /var/lib/tocsin --shell /usr/sbin/nologin tocsin
COPY --from=build /opt/tocsin /opt/tocsin
USER 10001
# What a service must keep over a restart: the agent's spool and checks, the streams' state.
WORKDIR /var/lib/tocsin
VOLUME /var/lib/tocsin
# Half of the container's memory for the heap: the rest is RocksDB's, the class cache's and the threads'.
ENV TOCSIN_JAVA_OPTS=-XX:MaxRAMPercentage=50
ENTRYPOINT ["/opt/tocsin/bin/tocsin"]
CMD ["--help"]
