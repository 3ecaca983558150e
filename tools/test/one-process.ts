/**
 * The end-to-end tests on the other shape, one process: `npm run test:single`. These files are left out, each because
 * what it shows needs more than one process; tools/test/one-process.test.ts holds the list to the files that there are.
 */
export const leftOut: Readonly<Record<string, string>> = {
  'a-bad-config-fails-at-once': 'starts single services, no system; one process: single/src/config.test.ts',
  'a-black-hole-heals-without-a-restart': 'cuts a connection between two services: there is none',
  'a-frozen-replica-is-left-alone': 'there are no replicas',
  'a-rolling-restart-fails-nobody': 'there are no replicas: while one process restarts nobody answers',
  'a-thawed-relay-publishes-nothing': 'two relays take over from each other: there is one',
  'console-breaks-and-heals': 'breaks replicas by their names, through a lab runner that is not there',
  'degraded-and-says-so': 'freezes one service while the others go on: all freeze together',
  'labs-hold-what-they-say': 'labs break replicas by their names',
  'nobody-waits-longer-than-asked': 'reads the numbers of each process of business-logic',
  'one-process-keeps-the-same-promises': 'names its shape itself',
  'parts-can-be-broken': 'adds, removes and freezes replicas',
  'projections-are-rebuilt':
    'ends the process of analytics alone; and orders come so quickly here that its wallet runs out',
  'slow-clients-are-let-go': 'counts the connections of the load balancer: there is none',
  'the-price-of-distribution-is-measured': 'names its shapes itself',
  'too-much-is-refused': 'asks the load balancer for its health, and fails at who is refused first: docs/single.md',
  'what-happens-after-the-answer-is-struck-too': 'a crash of the relay ends the process that would answer the client',
};

/** As jest takes them. */
export const leftOutPatterns: readonly string[] = Object.keys(leftOut).map((name) => `/e2e/${name}\\.test\\.ts$`);
