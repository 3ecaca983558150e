/**
 * Where Date.now() may be read, and why. A wall clock that is set back stretches every duration that is measured by it, so durations,
 * ages and waits are measured by performance.now() (monotonicMs of libs/call). What is left is the time of an event, which others
 * compare with theirs, or a deadline.
 */
const DEADLINE = 'a deadline is a Unix time, as it is for grpc-js; timers that it sets are monotonic';

export const WALL_CLOCK_READERS: Readonly<Record<string, string>> = {
  'libs/call/src/context.ts': DEADLINE,
  'libs/rpc/src/server/server.ts': DEADLINE,
  'libs/rpc/src/batching/batch-server.ts': DEADLINE,
  'libs/rpc/src/direct.ts': DEADLINE,
  'libs/resilience/src/naive/without-deadline.ts': DEADLINE,
  'libs/rpc/src/balancing/reconnecting-client.ts': 'notices that the wall clock was set back',
  'libs/messaging/src/idle-connections.ts': 'compares with throttledUntil of kafkajs, a Unix time',
  'services/gateway/src/service.ts': 'the end of a token, and the time range of a search for traces',
  'services/gateway/src/edge/http/analytics.http.ts': 'the time range of a report',
  'services/auth/src/service.ts': 'when tokens and keys were made, and until when they are valid',
  'services/business-logic/src/service.ts': 'when an order or a top-up was made',
  'services/analytics/src/edge/orders.consumer.ts': 'the delay since another process published the event',
  'audit/audit.ts': 'when the audit was made',
  'load/pursue.ts': 'times in the journal, which are compared with those of orders',
  'tools/infrastructure/traces/query.ts': 'a search for traces goes back from now',
  'tools/system/terminal.ts': 'seconds since another process began (SEAMS_STARTED_AT)',
  'tools/find/evidence.ts': 'how long ago analytics counted the event',
  'tools/cluster/load.ts': 'times that are compared with those of attempts, and the name of a file',
  'tools/cluster/prove-kills.ts': 'times that are compared with those of attempts',
  'tools/cluster/prove-upgrades.ts': 'times that are compared with those of attempts',
};
