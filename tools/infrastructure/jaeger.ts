/** A real Jaeger (v2) in place of our own trace store, when the machine has one. Memory storage, loopback only. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Child, spawnChild } from './child.ts';
import { childEnvironment } from './inherited-environment.ts';
import { onPath } from './java.ts';

export interface JaegerOptions {
  readonly binary: string;
  readonly dataDir: string;
  readonly host: string;
  readonly otlpPort: number;
  readonly queryPort: number;
  readonly logFile: string;
}

const TRACES_MAX = 5_000;

/** SEAMS_JAEGER wins over the PATH; naming a file that is not there is a mistake worth a line. */
export function findJaeger(): string | undefined {
  const named = process.env.SEAMS_JAEGER;
  if (named && !existsSync(named))
    throw new Error(`SEAMS_JAEGER names ${named}, which is not there: correct it or unset it`);
  return named || onPath('jaeger');
}

export function startJaeger({ binary, dataDir, host, otlpPort, queryPort, logFile }: JaegerOptions): Promise<Child> {
  const config = {
    service: {
      extensions: ['jaeger_storage', 'jaeger_query'],
      pipelines: { traces: { receivers: ['otlp'], exporters: ['jaeger_storage_exporter'] } },
      telemetry: { metrics: { level: 'none' }, logs: { level: 'warn' } },
    },
    extensions: {
      jaeger_query: {
        storage: { traces: 'memory' },
        http: { endpoint: `${host}:${queryPort}` },
        // It cannot be switched off; 0 is any free port.
        grpc: { endpoint: `${host}:0` },
      },
      jaeger_storage: { backends: { memory: { memory: { max_traces: TRACES_MAX } } } },
    },
    receivers: { otlp: { protocols: { http: { endpoint: `${host}:${otlpPort}` } } } },
    exporters: { jaeger_storage_exporter: { trace_storage: 'memory' } },
  };
  mkdirSync(dataDir, { recursive: true });
  const configFile = path.join(dataDir, 'jaeger.json');
  writeFileSync(configFile, JSON.stringify(config, undefined, 2));
  return spawnChild({
    name: 'traces',
    command: binary,
    args: ['--config', `file:${configFile}`],
    // It would trace itself, to a receiver that is not there, and wait 8 s for it when it is stopped.
    env: { ...childEnvironment(), OTEL_TRACES_SAMPLER: 'always_off' },
    logFile,
  });
}
