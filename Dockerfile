# The one image of the API, the workers, Flower and the migrations: `tutti` decides by its first argument.
#
#   docker build --build-arg VERSION=$(git describe --tags --always) --build-arg REVISION=$(git rev-parse HEAD) -t tutti:dev .

ARG BASE=python:3.13-slim-trixie

# --- what is installed: a layer that changes with the lock file only ---
FROM ${BASE} AS dependencies
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
RUN python3 -m venv --without-pip /opt/tutti
COPY requirements.lock /build/
RUN pip --python /opt/tutti/bin/python install --quiet --require-hashes --only-binary :all: -r /build/requirements.lock \
 # what the wheels ship for their own tests, for compilers and for type checkers is never imported
 && cd /opt/tutti/lib/python3.13/site-packages \
 && find . -depth -type d \( -name tests -o -name test -o -name include \) -not -path './numpy/_core/*' -exec rm -rf {} + \
 && find . -type f \( -name '*.pyi' -o -name '*.pxd' -o -name '*.a' -o -name '*.h' -o -name '*.proto' \) -delete

# --- Tutti itself ---
FROM dependencies AS application
COPY requirements-build.lock /build/
RUN python3 -m venv /build/venv && /build/venv/bin/pip install --quiet --require-hashes -r /build/requirements-build.lock
COPY pyproject.toml README.md LICENSE /build/
COPY src /build/src
RUN /build/venv/bin/pip wheel --quiet --no-deps --no-build-isolation --wheel-dir /build/dist /build \
 && pip --python /opt/tutti/bin/python install --quiet --no-deps --prefix /build/out /build/dist/*.whl

# --- the image ---
FROM ${BASE}
COPY --from=dependencies /opt/tutti /opt/tutti
COPY --from=application /build/out /opt/tutti
ENV PATH=/opt/tutti/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
RUN echo 'tutti:x:10001:10001:Tutti:/tmp:/usr/sbin/nologin' >>/etc/passwd && echo 'tutti:x:10001:' >>/etc/group
# A number and not the name, so that Kubernetes can see that it is not root. Nothing but /tmp needs to be writable.
USER 10001:10001
WORKDIR /tmp
EXPOSE 8000
ENTRYPOINT ["tutti"]
CMD ["--help"]
ARG VERSION=dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Tutti" \
      org.opencontainers.image.description="School-bus fleets planned with the fewest buses, and proof of it" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
