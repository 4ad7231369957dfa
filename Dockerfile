# Not built by the authors yet (no container engine was at hand); see docs/runbook.md.
FROM python:3.11-slim
WORKDIR /app
COPY . .
RUN useradd --create-home suara && mkdir -p instance && chown -R suara /app
USER suara
# The made-up office is never served to a network; its first start writes a code into the log.
ENV HOST=0.0.0.0 PORT=8000 DEMO=0
VOLUME /app/instance
EXPOSE 8000
CMD ["python3", "run.py"]
