# The pages in a container that needs no root, no network and no disk: see docs/hosting.md.
FROM python:3.13-slim AS built
WORKDIR /source
COPY requirements.txt ./
RUN python -m venv /opt/lab
RUN /opt/lab/bin/python -m pip install --no-cache-dir -r requirements.txt
COPY pyproject.toml README.md LICENSE CITATION.cff app.py ./
COPY .streamlit .streamlit
COPY pages pages
COPY collapse collapse
RUN /opt/lab/bin/python -m pip install --no-cache-dir --no-deps .

FROM python:3.13-slim
COPY --from=built /opt/lab /opt/lab
ENV UVICORN_HOST=0.0.0.0 UVICORN_PORT=8501 OPENBLAS_NUM_THREADS=1 PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOME=/tmp
USER 1000:1000
WORKDIR /tmp
EXPOSE 8501
HEALTHCHECK --interval=10s --timeout=20s --start-period=60s CMD ["/opt/lab/bin/python", "-c", "import os, urllib.request as r; r.urlopen(f\"http://127.0.0.1:{os.environ['UVICORN_PORT']}/_stcore/health\", timeout=15)"]
CMD ["/opt/lab/bin/python", "-m", "uvicorn", "collapse.site.app:app", "--no-access-log"]
