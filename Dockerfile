FROM python:3.12.12-slim-bookworm AS build
WORKDIR /app
RUN python -m venv /opt/blangko
COPY requirements.txt ./
RUN /opt/blangko/bin/pip install --no-cache-dir --require-hashes --requirement requirements.txt
# The whole context: .dockerignore lets in only what the service needs.
COPY . ./
# Compiled here, as the root file system is read-only later.
RUN /opt/blangko/bin/pip install --no-cache-dir --no-deps --no-build-isolation --editable . \
    && /opt/blangko/bin/python -m compileall -q /app

FROM python:3.12.12-slim-bookworm
ENV PATH=/opt/blangko/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    BLANGKO_HOST=0.0.0.0 \
    BLANGKO_PORT=8000 \
    BLANGKO_DATABASE_URL=sqlite:////data/blangko.db \
    BLANGKO_LEDGER_DIR=/ledger
RUN useradd --uid 10001 --no-log-init --no-create-home --shell /usr/sbin/nologin blangko \
    && install --directory --owner 10001 --group 10001 --mode 0700 /data /ledger
COPY --from=build /opt/blangko /opt/blangko
COPY --from=build /app /app
WORKDIR /app
# A number, so that an orchestrator can prove it is not root.
USER 10001:10001
VOLUME /data /ledger
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/_status', timeout=4)"]
ENTRYPOINT ["blangko"]
CMD ["serve"]
