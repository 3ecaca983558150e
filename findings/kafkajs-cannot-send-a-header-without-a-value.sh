#!/usr/bin/env bash
# kafkajs 2.2.4 reads a record header without a value (null, valid in Kafka) and can't send one: encoding it throws a TypeError.
#
# Most engineers guess: what a consumer received can be published again, headers included (mirroring, dead letters, replay). Its encoder
# even has a branch for `header.value === null`. Seen: one line before that branch the size is computed by Buffer.byteLength(null), which
# throws; so such a record can't be forwarded as it came. An empty value is the nearest that can be sent.
set -euo pipefail
top=$(mktemp -d); trap 'rm -rf "$top"' EXIT; cd "$top"
npm install --silent --no-audit --no-fund --ignore-scripts kafkajs@2.2.4
cat >try.cjs <<'JS'
const Encoder = require('kafkajs/src/protocol/encoder');
const Decoder = require('kafkajs/src/protocol/decoder');
const decodeHeader = require('kafkajs/src/protocol/recordBatch/header/v0/decoder');
const encodeHeader = require('kafkajs/src/protocol/recordBatch/header/v0');
const encodeRecord = require('kafkajs/src/protocol/recordBatch/record/v0');
const onTheWire = encodeHeader({ key: 'h', value: null }).buffer;
const read = decodeHeader(new Decoder(onTheWire));
const send = (headers) => { try { return `${encodeRecord({ key: null, value: Buffer.from('v'), headers }).buffer.length} bytes`; } catch (error) { return `${error.name}: ${error.message.slice(0, 80)}`; } };
const [asRead, empty] = [send({ h: read.value }), send({ h: '' })];
console.log(`read from the wire: ${JSON.stringify(read)}; sent as read: ${asRead}; sent empty: ${empty}`);
process.exit(read.value === null && asRead.startsWith('TypeError') && /^\d+ bytes$/.test(empty) ? 0 : 1);
JS
node try.cjs
