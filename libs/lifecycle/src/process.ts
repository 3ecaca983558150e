import { startTelemetry, type Telemetry } from '@seams/telemetry';
import { ConfigError, type ProcessConfig } from './config.ts';

/** A service that listens. `stop` drains it: no new work, in-flight work finished or cut after DRAIN_MS_MAX. */
export interface Running {
  stop(): Promise<void>;
}

export interface ProcessPlan<Config extends ProcessConfig> {
  /** For example "storage". */
  readonly service: string;
  readConfig(): Config;
  start(config: Config, telemetry: Telemetry): Promise<Running>;
}

// The drain has its own bound; this much more for closing pools and sending the last spans.
const STOP_RESERVE_MS = 5_000;

/**
 * The life of a process: config, telemetry, start, wait for SIGTERM or SIGINT, drain, exit.
 * A wrong config is one line per variable and exit code 1; a bug that nobody caught ends the process, for its state
 * can no longer be trusted and whoever runs it starts it again.
 */
export async function runProcess<Config extends ProcessConfig>(plan: ProcessPlan<Config>): Promise<void> {
  const config = readOrExit(plan);
  const telemetry = startTelemetry({
    service: plan.service,
    process: config.SEAMS_PROCESS,
    otlpUrl: config.OTLP_URL,
    traceRatio: config.TRACE_RATIO,
    logLevel: config.LOG_LEVEL,
  });
  const { log } = telemetry;
  const die = (error: unknown): void => {
    log.fatal({ error: error instanceof Error ? error.stack : String(error) }, 'the process cannot go on');
    process.exit(1);
  };
  process.once('uncaughtException', die);
  process.once('unhandledRejection', die);

  const stopAsked = new Promise<NodeJS.Signals>((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
  const startedAt = performance.now();
  const running = await plan.start(config, telemetry).catch((error: unknown) => {
    die(error);
    throw error;
  });
  log.info({ ms: Math.round(performance.now() - startedAt) }, 'listening');

  const signal = await stopAsked;
  log.info({ signal }, 'draining');
  setTimeout(() => die(new Error('the drain took too long')), config.DRAIN_MS_MAX + STOP_RESERVE_MS).unref();
  await running.stop();
  log.info('stopped');
  await telemetry.shutdown();
  process.exit(); // 0, or 1 when a step of the stop failed
}

function readOrExit<Config extends ProcessConfig>(plan: ProcessPlan<Config>): Config {
  try {
    return plan.readConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    // Not the logger: it is configured by what is wrong here.
    for (const line of error.message.split('\n')) process.stderr.write(`${plan.service}: ${line}\n`);
    process.exit(1);
  }
}
