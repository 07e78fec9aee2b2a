# The service from the same lock as everywhere. Non-root; only /data is written.
FROM python:3.11-slim
WORKDIR /app
COPY requirements/run.txt requirements/run.txt
RUN pip install --no-cache-dir --require-hashes --no-deps -r requirements/run.txt
COPY pyproject.toml README.md ./
COPY monitor monitor
COPY models models
COPY api api
COPY alembic alembic
RUN pip install --no-cache-dir --no-deps --no-build-isolation -e . \
    && useradd --uid 10001 --no-create-home shouwang \
    && install -d -o shouwang -m 0700 /data
USER shouwang
ENV SHOUWANG_DATA_DIR=/data SHOUWANG_HOST=0.0.0.0 SHOUWANG_CAMERAS_FILE=/config/cameras.yaml
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/healthz', timeout=4)"]
CMD ["shouwang", "up"]
