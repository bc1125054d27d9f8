# The lean pod: sightline-omr, sightline-align, sightline-grade and the client
# in one image. From the repository's root:
#
#   docker build -f deploy/docker/Dockerfile.lean -t sightline-lean:dev .
#   docker run --rm -p 50050:50050 --memory 512m --read-only sightline-lean:dev

FROM debian:12 AS build
WORKDIR /source
# Apart from the sources, so that a changed source installs nothing again.
COPY scripts/packages scripts/packages
RUN scripts/packages build static
COPY . .
# Libraries are linked statically: the image would need 64 more packages, among
# them X11's and OpenGL's, that OpenCV's shared libraries name. It has to be
# built anew when a library in it is mended.
RUN cmake --preset static "-DSIGHTLINE_SERVICES=align;grade;omr" \
    && cmake --build --preset static \
      --target sightline-align sightline-grade sightline-omr sightline \
    && mkdir /programs \
    && cd build/static/bin \
    && install --strip sightline-align sightline-grade sightline-omr \
      sightline /programs \
    && /source/scripts/runtime_packages /programs/* > /runtime_packages

FROM debian:12-slim
LABEL org.opencontainers.image.title="Sightline, lean pod" \
      org.opencontainers.image.licenses="Apache-2.0"
# What the programs still link, as ldd found it in the build stage: C and C++,
# libtbb12, libzxing2, libprometheus-cpp-core1.0.
COPY --from=build /runtime_packages /usr/share/sightline/runtime_packages
RUN apt-get -qq update \
    && xargs -a /usr/share/sightline/runtime_packages \
      apt-get -qq install --yes --no-install-recommends > /dev/null \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/*
COPY --from=build /programs/ /usr/local/bin/
# The servers write nothing: the root may be read-only, the user anybody.
USER 65532:65532
EXPOSE 50050 50051 50052 51050 51051 51052
CMD ["sightline-omr"]
