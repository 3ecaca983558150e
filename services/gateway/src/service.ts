import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { monotonicMs } from '@seams/call';
import { createLifecycle, createOpsServer, type OpenOps, type Running } from '@seams/lifecycle';
import { chosenByRequest, measured, type Policy, policyAt, policyOf, sharedAt } from '@seams/resilience';
import { type Channel, overGrpc, type Transport } from '@seams/rpc';
import type { Telemetry } from '@seams/telemetry';
import { withoutBulkhead } from './admission/naive/without-bulkhead.ts';
import { type Config, policyLimits } from './config.ts';
import { AccountsHttp } from './edge/http/accounts.http.ts';
import { type Admission, type AdmissionLimits, admissionWith } from './edge/http/admission.ts';
import { measureAdmission } from './edge/http/admission-metrics.ts';
import { AnalyticsHttp } from './edge/http/analytics.http.ts';
import { answerInterceptor } from './edge/http/answer-interceptor.ts';
import { AuditHttp } from './edge/http/audit.http.ts';
import { consoleFrom, noConsole } from './edge/http/console.ts';
import { FailureFilter } from './edge/http/failure-filter.ts';
import { FloorHttp } from './edge/http/floor.http.ts';
import { createHttpEdge, type HttpEdge } from './edge/http/http-edge.ts';
import { LabsHttp } from './edge/http/labs.http.ts';
import { MenuHttp } from './edge/http/menu.http.ts';
import { OpenApiHttp } from './edge/http/openapi.http.ts';
import type { TimeLimits } from './edge/http/openapi.ts';
import { OrdersHttp } from './edge/http/orders.http.ts';
import { PriceHttp } from './edge/http/price.http.ts';
import { TokenGuard } from './edge/http/token-guard.ts';
import {
  ADMISSION,
  ANALYTICS,
  AUDITOR,
  AUTH,
  BUSINESS_LOGIC,
  LAB_RUNNER,
  LOGS,
  PRICE,
  TIME_LIMITS,
  TRACES,
  WATCHER,
} from './edge/http/tokens.ts';
import { TracesHttp } from './edge/http/traces.http.ts';
import { WalletHttp } from './edge/http/wallet.http.ts';
import { type Analytics, analyticsOver } from './outbound/analytics.ts';
import { auditorOver } from './outbound/auditor.ts';
import { type Auth, authOver, signingKeysOf } from './outbound/auth.ts';
import { refreshingJwks, withLocalKeys } from './outbound/auth-fallback.ts';
import { businessLogicOver } from './outbound/business-logic.ts';
import { type JwksCache, jwksCache } from './outbound/jwks-cache.ts';
import { labRunnerOver } from './outbound/lab-runner.ts';
import { logsOver } from './outbound/logs.ts';
import { priceFrom } from './outbound/price.ts';
import { cachedPrincipals } from './outbound/principal-cache.ts';
import { reportsStaleIfError } from './outbound/report-cache.ts';
import { tracesOver } from './outbound/traces.ts';
import { watcherOver } from './outbound/watcher.ts';

export { type Config, readConfig } from './config.ts';

const CHANNELS = Symbol('channels to all replicas of each callee');
const JWKS = Symbol('the public keys of auth');
const LIFECYCLE = Symbol('start and stop');

interface Channels {
  readonly auth: Channel;
  readonly businessLogic: Channel;
  readonly analytics: Channel;
}

interface Front {
  readonly edge: HttpEdge;
  readonly admission: Admission;
  readonly transport: Transport;
  readonly openOps: OpenOps;
}

@Module({})
class GatewayModule {
  static with(config: Config, { log }: Telemetry, { edge, admission, transport, openOps }: Front): DynamicModule {
    return {
      module: GatewayModule,
      controllers: [
        AccountsHttp,
        MenuHttp,
        WalletHttp,
        OrdersHttp,
        AnalyticsHttp,
        AuditHttp,
        FloorHttp,
        LabsHttp,
        TracesHttp,
        PriceHttp,
        OpenApiHttp,
      ],
      providers: [
        { provide: ADMISSION, useValue: admission },
        { provide: TIME_LIMITS, useValue: timeLimitsOf(config) },
        { provide: CHANNELS, useFactory: () => channelsOf(config, log, transport) },
        { provide: JWKS, useFactory: () => jwksOf(config) },
        {
          provide: AUTH,
          inject: [CHANNELS, JWKS],
          useFactory: ({ auth }: Channels, jwks: JwksCache) =>
            withLocalKeys(principalsOf(auth, config), jwks, answerMsOf(config, 'AUTH')),
        },
        {
          provide: BUSINESS_LOGIC,
          inject: [CHANNELS],
          useFactory: ({ businessLogic }: Channels) =>
            businessLogicOver(businessLogic, policyFor(config, 'BUSINESS_LOGIC'), {
              shared: sharedAt(config.SEAMS_RUNG),
            }),
        },
        {
          provide: ANALYTICS,
          inject: [CHANNELS],
          useFactory: ({ analytics }: Channels) => reportsOf(analytics, config),
        },
        ...opsClients(config),
        { provide: APP_GUARD, useClass: TokenGuard },
        { provide: APP_INTERCEPTOR, useValue: answerInterceptor },
        { provide: APP_FILTER, useClass: FailureFilter },
        {
          provide: LIFECYCLE,
          inject: [CHANNELS, JWKS],
          useFactory: (channels: Channels, jwks: JwksCache) =>
            createLifecycle({
              host: config.HOST,
              opsPort: config.OPS_PORT,
              openOps,
              drainMsMax: config.DRAIN_MS_MAX,
              log,
              dependencies: [
                { name: 'auth', check: (signal) => channels.auth.check(signal) },
                // A gateway that begins to answer can go on without auth.
                { name: 'auth-keys', check: async () => throwUnlessLoaded(jwks) },
                { name: 'business-logic', check: (signal) => channels.businessLogic.check(signal) },
                // Orders go on without reports.
                { name: 'analytics', optional: true, check: (signal) => channels.analytics.check(signal) },
              ],
              listeners: [edge],
              background: [refreshingJwks({ fetchJwks: (ctx) => signingKeysOf(channels.auth, ctx), jwks, log })],
              stores: Object.values(channels),
            }),
        },
      ],
    };
  }
}

/** What stands beside the gateways. */
const opsClients = (config: Config) => [
  { provide: AUDITOR, useFactory: () => auditorOver(config.AUDITOR_URL, auditPolicy(config)) },
  { provide: WATCHER, useFactory: () => watcherOver(config.WATCHER_URL, opsPolicy(config, 'watcher')) },
  {
    provide: LAB_RUNNER,
    useFactory: () => labRunnerOver(labRunnerUrl(config), opsPolicy(config, 'lab-runner')),
  },
  { provide: PRICE, useFactory: () => priceFrom(config.PRICE_FILE) },
  { provide: LOGS, useFactory: () => logsOver(config.WATCHER_URL, opsPolicy(config, 'logs')) },
  { provide: TRACES, useFactory: () => tracesOver(config.TRACES_URL, opsPolicy(config, 'traces'), Date.now) },
];

const timeLimitsOf = ({ REQUEST_MS_MAX, AUDIT_MS_MAX }: Config): TimeLimits => ({
  requestMsMax: REQUEST_MS_MAX,
  auditMsMax: AUDIT_MS_MAX,
});

const channelsOf = (config: Config, log: Telemetry['log'], { open }: Transport): Channels => ({
  auth: open('auth', config.AUTH_TARGET, log),
  businessLogic: open('business-logic', config.BUSINESS_LOGIC_TARGET, log),
  analytics: open('analytics', config.ANALYTICS_TARGET, log),
});

function policyFor(config: Config, callee: 'AUTH' | 'BUSINESS_LOGIC' | 'ANALYTICS'): Policy {
  const limits = policyLimits(config, callee);
  const policy = measured(limits.name, policyAt(config.SEAMS_RUNG, limits));
  return config.SEAMS_LABS === 'on' ? chosenByRequest(policy, limits) : policy;
}

const principalsOf = (channel: Channel, config: Config): Auth =>
  cachedPrincipals(authOver(channel, policyFor(config, 'AUTH')), {
    ttlMs: config.AUTH_CACHE_TTL_MS,
    now: Date.now,
    monotonicMs,
  });

const jwksOf = (config: Config): JwksCache =>
  jwksCache({
    issuer: config.TOKEN_ISSUER,
    audience: config.TOKEN_AUDIENCE,
    lifetimeS: config.ACCESS_TOKEN_S,
    staleMsMax: config.AUTH_STALE_MS_MAX,
    now: Date.now,
    monotonicMs,
  });

function throwUnlessLoaded({ isLoaded }: JwksCache): void {
  if (!isLoaded) throw new Error('the keys of auth were not fetched yet');
}

const reportsOf = (channel: Channel, config: Config): Analytics =>
  reportsStaleIfError(analyticsOver(channel, policyFor(config, 'ANALYTICS')), {
    answerMs: answerMsOf(config, 'ANALYTICS'),
    staleMsMax: config.ANALYTICS_STALE_MS_MAX,
    monotonicMs,
  });

/** What a request must have left for a callee's silence to be the callee's. */
const answerMsOf = (config: Config, callee: 'AUTH' | 'ANALYTICS'): number =>
  config[`${callee}_BUDGET_MS`] + config.REPLY_RESERVE_MS;

/** Each waits on a socket for a minute at most, all for the same two audits; a ninth operator is told to come again. */
const AUDITS_AT_ONCE_MAX = 8;

const auditPolicy = (config: Config): Policy =>
  policyOf({
    ...policyLimits(config, 'ANALYTICS'),
    name: 'auditor',
    attemptMsMax: config.AUDIT_MS_MAX,
    attemptsMax: 1,
    concurrentMax: AUDITS_AT_ONCE_MAX,
  });

/** Each holds a socket until the next picture, a second at most, or for a trace. */
const OPS_CONCURRENCY_MAX = 32;

const opsPolicy = (config: Config, name: string): Policy =>
  policyOf({
    ...policyLimits(config, 'ANALYTICS'),
    name,
    attemptMsMax: config.REQUEST_MS_MAX,
    attemptsMax: 1,
    concurrentMax: OPS_CONCURRENCY_MAX,
  });

/** Undefined where nobody may break anything. */
const labRunnerUrl = ({ SEAMS_LABS, LAB_RUNNER_URL }: Config): string | undefined =>
  SEAMS_LABS === 'on' ? LAB_RUNNER_URL : undefined;

const admissionLimits = (config: Config): AdmissionLimits => ({
  inFlightMax: config.IN_FLIGHT_MAX,
  customerPerSecond: config.CUSTOMER_PER_S_MAX,
  customerBurst: config.CUSTOMER_BURST_MAX,
  addressPerSecond: config.ADDRESS_PER_S_MAX,
  addressBurst: config.ADDRESS_BURST_MAX,
  bucketsMax: config.BUCKETS_MAX,
  trustForwardedFor: config.TRUST_FORWARDED_FOR === 'on',
  ...(config.SEAMS_LABS === 'on' ? { classOf: withoutBulkhead } : {}),
});

export interface Gateway extends Running {
  readonly app: NestFastifyApplication;
  readonly port: number;
}

export async function startGateway(
  config: Config,
  telemetry: Telemetry,
  transport: Transport = overGrpc,
  openOps: OpenOps = createOpsServer,
): Promise<Gateway> {
  const { HOST: host, HTTP_PORT: port, REQUEST_MS_MAX: requestMsMax, AUDIT_MS_MAX: auditMsMax } = config;
  const admission = admissionWith(admissionLimits(config), telemetry.log);
  measureAdmission(admission);
  const edge = createHttpEdge({
    admission,
    host,
    port,
    requestMsMax,
    auditMsMax,
    consoleFiles: config.CONSOLE_DIR === undefined ? noConsole : consoleFrom(config.CONSOLE_DIR),
    labs: config.SEAMS_LABS === 'on',
    log: telemetry.log,
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    GatewayModule.with(config, telemetry, { edge, admission, transport, openOps }),
    edge.adapter,
    {
      logger: false,
      abortOnError: false,
      bodyParser: false,
    },
  );
  await app.init();
  return { app, port: edge.port, stop: () => app.close() };
}
