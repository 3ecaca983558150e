/**
 * Three kinds of tests. `npm test` runs them all; one by hand:
 *
 *   node tools/test.ts --only unit [pattern]
 *   node --experimental-vm-modules node_modules/jest/bin/jest.js --selectProjects unit --testPathPatterns PATTERN
 *
 * unit      beside what it tests; no process, no socket that leaves the test, no store
 * contract  on one real Postgres and one real Kafka, which tools/test/contract-stores.ts starts for all of them;
 *           SEAMS_TEST_POSTGRES_URL (superuser, database postgres) and SEAMS_TEST_KAFKA_BROKERS name them
 * e2e       on the started system, black box; one file at a time (--runInBand), for each owns the machine
 *
 * SWC compiles for the tests, because ts-jest refuses TypeScript 7; tsc checks the types (tsconfig.tests.json).
 */
const swc = [
  '@swc/jest',
  {
    jsc: {
      target: 'es2024',
      parser: { syntax: 'typescript', decorators: true },
      // tokens are explicit, so no metadata is emitted: the same as tsc does (tsconfig.base.json)
      transform: { legacyDecorator: true, decoratorMetadata: false },
    },
    module: { type: 'es6' },
    sourceMaps: 'inline',
  },
];

const everyProject = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  // @seams/* resolve to src, so that a test sees today's source whether or not it was built
  testEnvironmentOptions: { customExportConditions: ['@seams/source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': swc },
  // the canary's fixtures are breaches on purpose, never tests
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '<rootDir>/tools/canary/tree/', '<rootDir>/\\.seams/'],
  modulePathIgnorePatterns: [
    '<rootDir>/(libs|services)/[^/]+/dist/',
    '<rootDir>/single/dist/',
    '<rootDir>/tools/canary/tree/',
    '<rootDir>/\\.seams/',
  ],
};

export default {
  // More than what a test waits for by itself (eventually: 10 s), so that it is the test that says what did not come true.
  testTimeout: 15_000,
  projects: [
    {
      ...everyProject,
      displayName: 'unit',
      testMatch: [
        '<rootDir>/libs/*/src/**/*.test.ts',
        '<rootDir>/services/*/src/**/*.test.ts',
        '<rootDir>/single/src/**/*.test.ts',
        '<rootDir>/tools/**/*.test.ts',
        '<rootDir>/load/**/*.test.ts',
        '<rootDir>/audit/*.test.ts',
        '<rootDir>/labs/**/*.test.ts',
        '<rootDir>/bench/**/*.test.ts',
        '<rootDir>/console/src/**/*.test.ts',
      ],
    },
    {
      ...everyProject,
      displayName: 'contract',
      testMatch: [
        '<rootDir>/libs/*/test/contract/**/*.test.ts',
        '<rootDir>/services/*/test/contract/**/*.test.ts',
        '<rootDir>/audit/test/contract/**/*.test.ts',
      ],
      globalSetup: '<rootDir>/tools/test/contract-setup.mjs',
      globalTeardown: '<rootDir>/tools/test/contract-teardown.mjs',
    },
    {
      ...everyProject,
      displayName: 'e2e',
      testMatch: ['<rootDir>/e2e/**/*.test.ts'],
    },
  ],
};
