FROM python:3.11-slim
WORKDIR /app
COPY pyproject.toml constraints.txt README.md LICENSE gigdex.py ./
COPY crawlers crawlers
COPY index index
COPY search_api search_api
RUN pip install --no-cache-dir --constraint constraints.txt '.[elasticsearch,postgresql]' \
    && useradd --create-home gigdex && mkdir /data && chown gigdex /data
USER gigdex
ENV GIGDEX_DATA=/data
VOLUME /data
EXPOSE 8000
CMD ["gigdex", "up"]
