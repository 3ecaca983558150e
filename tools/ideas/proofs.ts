/** What shows each idea beside its lab: tests by name, and what its trace looks like. docs/ideas.md is made from this. */

export interface Proof {
  /** Files of tests. */
  readonly tests: readonly string[];
  /** What is seen in a trace. */
  readonly trace?: string;
  /** Where there is no lab: what of it exists, with its files. */
  readonly exists?: string;
  readonly code?: readonly string[];
}

export const proofs: Readonly<Record<number, Proof>> = {
  1: {
    tests: ['e2e/an-order-happens-once.test.ts', 'e2e/a-lost-reply-is-asked-for-again.test.ts'],
    trace: 'a lost request ends at the gateway; a lost reply goes all the way and comes back as a broken arrow',
  },
  2: {
    tests: [
      'services/storage/test/contract/orders-by-chance.test.ts',
      'services/storage/test/contract/orders-in-groups.test.ts',
    ],
    trace: 'orders that met at one counter are linked to each other',
  },
  3: {
    tests: [
      'e2e/what-happens-after-the-answer-is-struck-too.test.ts',
      'services/analytics/test/contract/counting.test.ts',
    ],
    trace:
      '`fault.action` on the span that was struck; one event taken twice, `message.outcome` `done` and `seen_before`',
  },
  4: {
    tests: ['e2e/parts-can-be-broken.test.ts', 'e2e/stores-come-back-to-all-their-clients.test.ts'],
    trace: 'an attempt at a replica that is gone, and the one at the other replica after it',
  },
  5: {
    tests: ['e2e/a-lost-reply-is-asked-for-again.test.ts', 'e2e/degraded-and-says-so.test.ts'],
    trace: 'a failed span below one that is well',
  },
  6: {
    tests: ['e2e/nobody-waits-longer-than-asked.test.ts', 'libs/call/src/context.test.ts'],
    trace: '`deadline.unix_ms` on every span, earlier at each hop; none begins after it',
  },
  7: {
    tests: ['libs/resilience/src/breaker.test.ts', 'e2e/a-black-hole-heals-without-a-restart.test.ts'],
    trace: 'a call that fails without an attempt below it',
  },
  8: {
    tests: ['libs/resilience/src/policy.test.ts', 'libs/resilience/src/naive/by-request.test.ts'],
    trace: 'nine attempts at storage for one request without the budget, one with it',
  },
  9: {
    tests: ['e2e/load-tells-whether-anything-was-lost.test.ts', 'services/storage/test/contract/relay.test.ts'],
    trace: 'the publish long after the answer, in the same trace',
  },
  10: {
    tests: [],
    exists:
      'work in the background that one of many does and another takes over: the relay and its lease, no tasks yet',
    code: ['services/storage/src/outbox/relay-outbox.ts', 'libs/lifecycle/src/repeating.ts'],
  },
  11: {
    tests: ['e2e/a-restart-keeps-the-orders.test.ts'],
    exists: 'replicas of what owns nothing, and Kafka with three brokers on Kubernetes; Postgres is one',
    code: ['topology.ts', 'helm/seams/values.yaml'],
  },
  12: {
    tests: ['services/storage/test/contract/relay.test.ts'],
    exists: 'Kafka partitions by order (`npm run order` and `npm run find` say which); no shards of Postgres',
    trace: '`messaging.destination.partition.id` and the offset on the span of analytics',
    code: ['topology.ts'],
  },
  13: {
    tests: ['e2e/degraded-and-says-so.test.ts'],
    exists:
      'the choice, by operation: orders refuse, menus, reports and tokens are answered from what was kept and say so',
    trace: '`degraded` on the span of the gateway, with the age',
    code: ['services/gateway/src/degraded.ts', 'services/business-logic/src/outbound/menu-cache.ts'],
  },
  14: {
    tests: [
      'e2e/a-thawed-relay-publishes-nothing.test.ts',
      'services/storage/test/contract/thawed-relay.test.ts',
      'e2e/a-frozen-replica-is-left-alone.test.ts',
    ],
    exists: 'one relay leads by a lease in Postgres and is fenced by its term in Kafka; no quorum of our own',
    code: ['services/storage/src/outbox/relay-outbox.ts', 'libs/messaging/src/fenced-publisher.ts'],
  },
  15: {
    tests: ['services/analytics/test/contract/counting.test.ts'],
    exists:
      'events are counted by their own time, leases by the clock of Postgres alone, durations by a monotonic clock; no skewed clock was tried in the whole system yet',
    code: ['services/analytics/migrations/0001-inbox-and-totals.sql', 'services/storage/src/outbox/outbox-store.ts'],
  },
  16: {
    tests: ['services/storage/src/outbound/relay-faults.test.ts'],
    exists: 'order by key alone: what is held back holds what follows under its key, and others overtake it',
    code: ['services/storage/src/outbound/relay-faults.ts'],
  },
  17: {
    tests: ['e2e/a-rolling-restart-fails-nobody.test.ts', 'e2e/an-order-happens-once.test.ts'],
    exists: 'any gateway and any replica answers; what is kept in a process is a copy that may be lost',
    code: ['topology.ts', 'services/gateway/src/service.ts'],
  },
  18: {
    tests: ['libs/rpc/src/balancing/replica-lists.test.ts', 'e2e/parts-can-be-broken.test.ts'],
    trace: 'the name of the new replica on spans, without a restart of anybody',
  },
  19: {
    tests: ['e2e/a-rolling-restart-fails-nobody.test.ts', 'e2e/a-frozen-replica-is-left-alone.test.ts'],
    trace: 'the same request by other processes',
  },
  20: {
    tests: [
      'tools/infrastructure/watcher/logs.test.ts',
      'services/gateway/src/edge/http/traces-and-logs.test.ts',
      'e2e/one-order-is-one-trace.test.ts',
    ],
    trace: 'the trace itself, with each log line at its span',
  },
  21: { tests: [], exists: 'nothing yet' },
  22: {
    tests: [],
    exists: 'eight cafés with menus and counters of their own, on one machine',
    code: ['services/storage/seed/demo.json', 'services/storage/src/menu/menu-store.ts'],
  },
  23: {
    tests: [
      'e2e/the-price-of-distribution-is-measured.test.ts',
      'e2e/one-process-keeps-the-same-promises.test.ts',
      'bench/ladder.test.ts',
    ],
    trace: 'the same spans, one process',
  },
};
