# Stands for amazon/aws-cli, which cannot be pulled where the tests run: Debian's own AWS CLI, with the same entry point.
FROM debian:13-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends awscli \
 && rm -rf /var/lib/apt/lists/*
ENTRYPOINT ["aws"]
