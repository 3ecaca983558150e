/**
 * The system as data: processes, ports, stores, topics, and who calls whom with which budget.
 * The dev runner and the tests read it; what a service gets as environment is made from it (tools/environment.ts).
 */

export type ServiceName = 'gateway' | 'auth' | 'business-logic' | 'storage' | 'analytics';

export interface Service {
  readonly replicas: number;
  /** Ports of the first replica; the next one adds 1. `ops` answers /livez and /readyz. */
  readonly ports: { readonly http?: number; readonly grpc?: number; readonly ops: number };
  readonly owns: string;
  /** The Postgres database and the role of the same name; `<name>_owner` migrates it. */
  readonly database?: string;
  readonly publishes?: readonly TopicName[];
  readonly consumes?: readonly TopicName[];
}

/** The most replicas of one service. Ports of two services lie 10 apart, so that five of each never meet. */
export const replicasMax = 5;

export const services = {
  gateway: { replicas: 2, ports: { http: 8081, ops: 8181 }, owns: 'nothing' },
  auth: {
    replicas: 1,
    ports: { grpc: 7001, ops: 7101 },
    owns: 'identities, refresh tokens, signing keys',
    database: 'auth',
  },
  'business-logic': { replicas: 2, ports: { grpc: 7011, ops: 7111 }, owns: 'nothing: decides' },
  storage: {
    replicas: 2,
    ports: { grpc: 7021, ops: 7121 },
    owns: 'orders, stock, wallets, ledger, outbox',
    database: 'storage',
    publishes: ['seams.orders.v1'],
  },
  analytics: {
    replicas: 1,
    ports: { grpc: 7031, ops: 7131 },
    owns: 'its projections',
    database: 'analytics',
    consumes: ['seams.orders.v1'],
    publishes: ['seams.orders.v1.dead-letters'],
  },
} as const satisfies Record<ServiceName, Service>;

/**
 * When a caller leaves a callee alone for a moment (docs/policies.md). 75 %: one frozen replica of two fails half of the
 * calls, and must not shut the other one off. 1 s: cockatiel forgets a fifth of the window at a time and only while calls
 * end, so after a silence of 0.8 s the successes from before it go on counting for 0.8 windows.
 */
export interface Breaker {
  /** Failures in a row that open it. */
  readonly failuresMax: number;
  /** Or this share of the calls of a window, if there are `callsMin`. */
  readonly windowMs: number;
  readonly sharePercentMax: number;
  readonly callsMin: number;
  /** While open, one call this often is let through to see. */
  readonly probeEveryMs: number;
}

const breaker: Breaker = { failuresMax: 20, windowMs: 1_000, sharePercentMax: 75, callsMin: 8, probeEveryMs: 1_000 };

/** Retries per hundred calls, and how many need not be earned first. */
export interface Retries {
  readonly percentMax: number;
  readonly reserve: number;
}

const retries: Retries = { percentMax: 10, reserve: 20 };

/**
 * One arrow. `budgetMs` is the most that one attempt may take; attempts × budget + reserve fits inside the caller's
 * deadline. On any path at most one arrow has more than one attempt: retried at each layer, attempts multiply.
 */
export interface Arrow {
  readonly from: ServiceName;
  readonly to: ServiceName;
  /** gRPC services of protos/ that travel here. */
  readonly carries: readonly string[];
  readonly budgetMs: number;
  readonly attemptsMax: number;
  /** Calls at once, per process of the caller; one more is refused. */
  readonly concurrentMax: number;
  readonly retries: Retries;
  readonly breaker: Breaker;
  readonly onFailure: string;
  /** An answer that is younger than this is used again, without a call and without a mark. */
  readonly cache?: { readonly ttlMs: number };
  /** What is answered instead when the callee cannot be asked; each such answer says so (docs/degraded.md). */
  readonly degraded?: {
    /** As `Seams-Degraded` and the span's `degraded` say it, with its age behind. */
    readonly mark: string;
    /** How old the caller's last answer may be. */
    readonly ageMsMax: number;
  };
}

export const arrows = [
  {
    from: 'gateway',
    to: 'auth',
    carries: ['seams.auth.v1.AuthService'],
    budgetMs: 500,
    attemptsMax: 1,
    concurrentMax: 256,
    retries,
    breaker,
    onFailure:
      'tokens are checked against the last keys of auth, marked; who logs in, registers or refreshes gets a 503',
    // A disabled account or a changed role is noticed one ttl later; a busy customer costs auth one call instead of five.
    // The fallback by local keys notices neither for 15 minutes.
    cache: { ttlMs: 5_000 },
    // An access token lives 15 minutes: after that auth has signed none that is still valid.
    degraded: { mark: 'auth=local-keys', ageMsMax: 900_000 },
  },
  {
    from: 'gateway',
    to: 'business-logic',
    carries: ['seams.orders.v1.OrderService', 'seams.wallet.v1.WalletService', 'seams.menu.v1.MenuService'],
    budgetMs: 1_800,
    attemptsMax: 1,
    concurrentMax: 256,
    retries,
    breaker,
    onFailure: 'orders, wallets and menus answer 503, or 504 when an order may have got through',
  },
  {
    from: 'gateway',
    to: 'analytics',
    carries: ['seams.analytics.v1.AnalyticsService'],
    budgetMs: 1_000,
    attemptsMax: 1,
    concurrentMax: 256,
    retries,
    breaker,
    onFailure: 'the last report of the same question for the same rights, marked; without one 503; orders go on',
    degraded: { mark: 'report=stale', ageMsMax: 3_600_000 },
  },
  {
    from: 'business-logic',
    to: 'storage',
    carries: [
      'seams.orders.v1.OrderStoreService',
      'seams.wallet.v1.WalletStoreService',
      'seams.menu.v1.MenuStoreService',
    ],
    budgetMs: 800,
    attemptsMax: 2,
    concurrentMax: 256,
    retries,
    breaker,
    onFailure:
      'a second attempt at the other replica under the same key; then 503, or 504 when the first may have got through; menus are the last ones read, marked',
    // An order is decided by prices of the last second; stock and the wallet are checked at the commit. At a hundred orders
    // a second one in fifty reads the menu.
    cache: { ttlMs: 1_000 },
    // A menu carries prices and stock: ten minutes bridge a restart, not an afternoon. Orders never use an old one.
    degraded: { mark: 'menu=stale', ageMsMax: 600_000 },
  },
] as const satisfies readonly Arrow[];

export type TopicName = 'seams.orders.v1' | 'seams.orders.v1.dead-letters';

export interface Topic {
  readonly partitions: number;
  readonly key: string;
  readonly retentionMs: number;
}

/** Never deleted (-1): the projections are rebuilt from offset 0, and the audit reads the whole log. */
export const topics = {
  'seams.orders.v1': { partitions: 6, key: 'order_id', retentionMs: -1 },
  'seams.orders.v1.dead-letters': { partitions: 1, key: 'the key of the message that was set aside', retentionMs: -1 },
} as const satisfies Record<TopicName, Topic>;

/**
 * The other shape (`npm run start:single`): every service above in one process, which answers its users itself, on the
 * port where the load balancer stands otherwise. The arrows hold in it as they are; nothing else of it is a network.
 */
export const single = { name: 'single', ports: { ops: 8191 } } as const;

/** What the services stand on. All of it listens on loopback only. */
export const infrastructure = {
  'load-balancer': { ports: { http: 8080 }, to: 'gateway' },
  postgres: { ports: { sql: 15432 } },
  kafka: { ports: { broker: 19092, controller: 19093 } },
  traces: { ports: { query: 16686, otlp: 4318 } },
  /** Reads everything for the audit, so that no gateway needs to. Its asker is the gateway. */
  auditor: { ports: { http: 8090 }, for: 'gateway' },
  /** Looks at every process every 0.8 s, so that no gateway needs to ask around. Its asker is the gateway. */
  watcher: { ports: { http: 8091 }, for: 'gateway' },
  /** Runs labs, breaks processes and heals them; only where there is lab mode. Its asker is the gateway. */
  'lab-runner': { ports: { http: 8092 }, for: 'gateway' },
} as const;

/** The most that one request may take from the gateway to its answer; a client may ask for less. */
export const requestMsMax = 2_000;

/** What each hop keeps of its time to encode and send its answer: single milliseconds, on a busy event loop some tens. */
export const replyReserveMs = 50;

/**
 * What takes longer, by its path: the gateway's limit for it, and how long those before the gateway wait. An audit reads
 * every order and the whole log (3 s for 20,000 orders) and may wait 30 s for analytics; a minute holds both, and that of
 * another who asked before.
 */
export const slowRoutesMs = { '/v1/audit': 60_000 } as const;

/** What a process keeps of its time for in-flight work after SIGTERM. */
export const drainMsMax = 10_000;

/** Share of requests that are traced when the caller did not decide: all, because a reader wants to see them. */
export const traceRatio = 1;
