/** A gRPC server of one café, as a process of its own: `node menu-server.ts HOST PORT`. It says when it listens. */
import { menuStoreService } from '@seams/contracts';
import { createRpcServer, implement } from '@seams/rpc';
import { createLogger } from '@seams/telemetry';

const [host = '127.0.0.1', port = '0'] = process.argv.slice(2);
const server = createRpcServer({
  callee: 'storage',
  host,
  port: Number(port),
  log: createLogger({ service: 'test', process: 'test', logLevel: 'silent' }),
  requestMsMax: 2_000,
  implementations: [
    implement(menuStoreService, {
      ReadCafes: async () => ({ cafes: [{ cafeId: 'there', name: 'There', city: '' }] }),
      ReadMenu: async () => ({ menu: null }),
    }),
  ],
});
console.log(`listening on ${await server.listen()}`);
