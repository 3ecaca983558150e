import { Client, credentials, type MethodDefinition } from '@grpc/grpc-js';
import { describe, expect, it } from '@jest/globals';
import { createLogger } from '@seams/telemetry';
import { service as health } from 'grpc-health-check';
import { createRpcServer } from '../index.ts';

const log = createLogger({ service: 'test', process: 'test', logLevel: 'silent' });

describe('a server that drains', () => {
  it('ends an open health Watch with NOT_SERVING instead of waiting for it', async () => {
    const warnings: unknown[] = [];
    const logger = { ...log, warn: (fields: object) => void warnings.push(fields) } as typeof log;
    const options = {
      callee: 'storage',
      host: '127.0.0.1',
      port: 0,
      log: logger,
      requestMsMax: 2_000,
      implementations: [],
    };
    const server = createRpcServer(options);
    const port = await server.listen();
    server.setServing(true);
    const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
    const { path, requestSerialize, responseDeserialize } = health.Watch as MethodDefinition<
      object,
      { status: string }
    >;
    const watch = client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, { service: '' });
    const seen: string[] = [];
    const serves = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    watch.on('data', ({ status }: { status: string }) => {
      seen.push(status);
      serves.resolve();
    });
    watch.on('end', ended.resolve);
    await serves.promise;

    await server.drain(5_000);
    server.setServing(true); // too late: it changes nothing
    await ended.promise;
    expect(seen).toEqual(['SERVING', 'NOT_SERVING']);
    expect(warnings).toEqual([]);
    client.close();
  });
});
