#!/usr/bin/env bash
# kafkajs 2.2.4: connect() succeeds at a broker that accepts the connection and never answers; the next call fails with a plain Error.
#
# Most engineers guess: connect() rejects after requestTimeout, with a KafkaJSRequestTimeoutError or KafkaJSConnectionError that is marked as
# retriable, so that `error instanceof KafkaJSError` tells the broker's silence from a bug.
# Seen: connect() resolves. The first request then fails, after the retries, with `Error: Broker not connected`: no KafkaJSError, no
# `retriable`, no code. A frozen broker (a paused container, SIGSTOP) looks like that.
set -euo pipefail
top=$(mktemp -d); trap 'rm -rf "$top"' EXIT; cd "$top"
npm install --silent --no-audit --no-fund --ignore-scripts kafkajs@2.2.4
cat >try.cjs <<'JS'
const { createServer } = require('node:net');
const { Kafka, KafkaJSError, logLevel } = require('kafkajs');
const silent = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1', async () => {
  const kafka = new Kafka({
    clientId: 'finding', brokers: [`127.0.0.1:${silent.address().port}`], logLevel: logLevel.NOTHING,
    connectionTimeout: 500, requestTimeout: 500, retry: { retries: 2, initialRetryTime: 50 },
  });
  const admin = kafka.admin();
  const connected = await admin.connect().then(() => 'resolved', (error) => `rejected: ${error.name}`);
  const error = await admin.fetchTopicMetadata().catch((thrown) => thrown);
  console.log(`connect(): ${connected}; first request: ${error.name}: ${error.message}; KafkaJSError: ${error instanceof KafkaJSError}`);
  process.exit(connected === 'resolved' && error.name === 'Error' && !(error instanceof KafkaJSError) ? 0 : 1);
});
JS
node try.cjs
