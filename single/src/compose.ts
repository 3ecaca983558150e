/**
 * All five services in one process, with direct calls where gRPC was. This is the only code that knows: a service is
 * given another transport and another place to tell its readiness, and is the same otherwise.
 */
import { startAnalytics } from '@seams/analytics/service';
import { startAuth } from '@seams/auth/service';
import { startBusinessLogic } from '@seams/business-logic/service';
import { startGateway } from '@seams/gateway/service';
import type { Running } from '@seams/lifecycle';
import { inOneProcess } from '@seams/rpc';
import { startStorage } from '@seams/storage/service';
import { createLogger, type Telemetry } from '@seams/telemetry';
import type { Config } from './config.ts';
import { openOpsOfAll } from './ops.ts';

const SERVICES = ['storage', 'auth', 'analytics', 'business-logic', 'gateway'] as const;
type Service = (typeof SERVICES)[number];

export async function startSingle(config: Config, telemetry: Telemetry): Promise<Running> {
  const transport = inOneProcess();
  const ops = openOpsOfAll({ host: config.HOST, port: config.OPS_PORT, services: SERVICES });
  await ops.listen();
  // A line of log says which service speaks, as it does from a process of its own.
  const as = (service: Service): Telemetry => ({
    ...telemetry,
    log: createLogger({ service, process: config.SEAMS_PROCESS, logLevel: config.LOG_LEVEL }),
  });

  const storage = await startStorage(config.storage, as('storage'), transport, ops.openOps('storage'));
  const auth = await startAuth(config.auth, as('auth'), transport, ops.openOps('auth'));
  const analytics = await startAnalytics(config.analytics, as('analytics'), transport, ops.openOps('analytics'));
  const businessLogic = await startBusinessLogic(
    config.businessLogic,
    as('business-logic'),
    transport,
    ops.openOps('business-logic'),
  );
  const gateway = await startGateway(config.gateway, as('gateway'), transport, ops.openOps('gateway'));

  return {
    // Callers before whom they call: once the edge has drained, nobody asks for anything any more.
    stop: async () => {
      await gateway.stop();
      await businessLogic.stop();
      await Promise.all([auth.stop(), analytics.stop()]);
      await storage.stop();
      await ops.close();
    },
  };
}
