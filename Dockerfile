# The first stage installs, the second only gets what was installed: no pip, no cache, no source of ours in the image.
FROM python:3.11-slim AS build
RUN python -m venv --without-pip /opt/gigdex
WORKDIR /source
COPY pyproject.toml constraints.txt README.md LICENSE NOTICE gigdex.py ./
COPY crawlers crawlers
COPY index index
COPY search_api search_api
RUN pip --python /opt/gigdex/bin/python install --no-cache-dir --disable-pip-version-check --only-binary :all: \
    --no-binary gigdex --constraint constraints.txt '.[elasticsearch,postgresql]'

FROM python:3.11-slim
# Whoever gets into the container finds nothing to install more with.
RUN pip uninstall --yes --root-user-action=ignore setuptools wheel pip \
    && useradd --uid 10001 --create-home gigdex \
    && install -d -o gigdex -g gigdex /data
COPY --from=build /opt/gigdex /opt/gigdex
ENV PATH=/opt/gigdex/bin:$PATH GIGDEX_DATA=/data PYTHONUNBUFFERED=1
USER 10001
VOLUME /data
EXPOSE 8000
CMD ["gigdex", "up"]
