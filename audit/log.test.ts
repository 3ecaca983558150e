import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { expect, it } from '@jest/globals';
import { readLog } from './log.ts';
import { NotAnswered } from './rest.ts';

it('a broker that is not there gives no answer: that is no error of the audit', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  const reading = readLog([`127.0.0.1:${port}`], ['seams.orders.v1']);
  await expect(reading).rejects.toThrow(NotAnswered);
  await expect(reading).rejects.toThrow(/^Kafka did not give its log: .*ECONNREFUSED/);
});
