# The program as an image: the wheel with the versions that were tested, run as an account without rights.
#   docker build -t stimaudit .
#   docker run --rm --network none -v /srv/stimaudit:/srv/stimaudit stimaudit run --no-prefect \
#     --extracts /srv/stimaudit/extracts --out /srv/stimaudit/out
# The folders below /srv/stimaudit must be writable for the account 1000; a key is mounted and named by STIMAUDIT_KEY_FILE.
FROM python:3.12-slim AS made
WORKDIR /source
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends make git
COPY . .
RUN make wheel \
    && python -m venv /opt/stimaudit \
    && /opt/stimaudit/bin/pip install --quiet --no-cache-dir --require-hashes -r requirements.lock \
    && /opt/stimaudit/bin/pip install --quiet --no-cache-dir --no-deps build/stimaudit-*.whl

FROM python:3.12-slim
RUN useradd --uid 1000 --create-home stimaudit
COPY --from=made /opt/stimaudit /opt/stimaudit
USER stimaudit
WORKDIR /srv/stimaudit
ENTRYPOINT ["/opt/stimaudit/bin/stimaudit"]
CMD ["--help"]
