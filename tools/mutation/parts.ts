/** What is mutated, and the unit tests that must notice. `npm run mutation -- PART` runs one part. */

export interface MutationPart {
  readonly name: string;
  /** Globs of sources; their tests are never mutated. */
  readonly mutate: readonly string[];
  /** Globs of the tests of the same folders: a mutant that only a test elsewhere kills has survived. */
  readonly tests: readonly string[];
}

/** Percent of the mutants of each part that its unit tests kill. */
export const SCORE_MIN = 90;

export const mutationParts: readonly MutationPart[] = [
  {
    name: 'decisions',
    mutate: [
      'services/business-logic/src/orders/*.ts',
      'services/business-logic/src/wallets/*.ts',
      'services/business-logic/src/principal.ts',
    ],
    tests: ['services/business-logic/src/{orders,wallets}/*.test.ts', 'services/business-logic/src/*.test.ts'],
  },
  {
    name: 'idempotency',
    mutate: [
      'services/storage/src/idempotency/*.ts',
      'services/storage/src/orders/commit-order.ts',
      'services/storage/src/orders/commit-orders-store.ts',
      'services/gateway/src/edge/http/idempotency.ts',
      'services/gateway/src/edge/http/replayed.ts',
    ],
    tests: [
      'services/storage/src/{idempotency,orders}/*.test.ts',
      'services/gateway/src/edge/http/{idempotency,replayed}.test.ts',
    ],
  },
  { name: 'audit', mutate: ['audit/*.ts'], tests: ['audit/*.test.ts'] },
];

/** Files among these that no unit test can judge, and what does. */
export const notMutated: Readonly<Record<string, string>> = {
  'audit/audit.ts': 'calls the checks one after another: e2e/the-audit-names-every-breach.test.ts',
  'audit/log.ts': 'reads Kafka: e2e/the-audit-names-every-breach.test.ts',
  'audit/snapshot.ts': 'reads Postgres: audit/test/contract/sql-questions.test.ts',
};
