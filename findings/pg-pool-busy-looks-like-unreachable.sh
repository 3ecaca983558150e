#!/usr/bin/env bash
# pg 8.23.1 (pg-pool): `connectionTimeoutMillis` ends the wait for a free connection of a healthy pool too, with the words of a server
# that can't be reached.
#
# Most engineers guess: it bounds connecting (that is how the option is named; libpq's connect_timeout does just that), and a caller
# behind a busy pool waits its turn. Seen: with one connection in use, the next caller fails after connectionTimeoutMillis with "timeout exceeded
# when trying to connect", although nobody tried to connect. A program that maps this to "the database is down" opens its breaker because of its own load.
set -euo pipefail
top=$(mktemp -d); trap 'rm -rf "$top"' EXIT; cd "$top"
npm install --silent --no-audit --no-fund --ignore-scripts pg@8.23.1
cat >try.mjs <<'JS'
import net from 'node:net';
import pg from 'pg';
// A server that accepts every connection and is ready for queries at once; no query is sent to it.
let connections = 0;
const authenticationOk = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0]);
const readyForQuery = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);
const server = net.createServer((socket) => {
  connections += 1;
  socket.on('error', () => {}).once('data', () => socket.write(Buffer.concat([authenticationOk, readyForQuery])));
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const pool = new pg.Pool({ host: '127.0.0.1', port: server.address().port, user: 'u', password: 'p', database: 'd', max: 1, connectionTimeoutMillis: 500 });
const held = await pool.connect();
const second = await pool.connect().then(() => 'connected', (error) => error.message);
console.log(`connections made: ${connections}; the second caller of a pool of one: ${second}`);
held.release(true);
process.exit(connections === 1 && /timeout exceeded when trying to connect/.test(second) ? 0 : 1);
JS
node try.mjs
