/**
 * One small breach for each rule. The canary writes them into a tree of their own, runs the real rules over it, and
 * expects exactly these findings: nothing less (a rule stopped firing) and nothing more (a rule fires on what is allowed).
 *
 * `breaking` is the file's text; the finding is expected on the line that ends in `// breach`, else on line 1.
 */
export interface Fixture {
  readonly rule: string;
  readonly file: string;
  readonly breaking: string;
}

const CAPABILITY = 'services/till/src/orders';
const lines = (count: number, text: string): string => `${text}\n`.repeat(count);
const capability = (rule: string, breaking: string): Fixture => ({
  rule,
  file: `${CAPABILITY}/${fileOf(rule)}`,
  breaking,
});
const library = (rule: string, breaking: string): Fixture => ({
  rule,
  file: `libs/call/src/${fileOf(rule)}`,
  breaking,
});
const test = (rule: string, breaking: string): Fixture => ({
  rule,
  file: `libs/call/src/${fileOf(rule).replace('.ts', '.test.ts')}`,
  breaking,
});
const fileOf = (rule: string): string => `${rule.replace(/\W+/g, '-').replace(/-$/, '')}.ts`;

const everywhere: readonly Fixture[] = [
  library(
    'no-empty',
    'export function quiet(act: () => void): void {\n  try {\n    act();\n  } catch {} // breach\n}\n',
  ),
  library('no-unused-vars', 'const unused = 1; // breach\n'),
  library('eqeqeq', 'export const same = (a: number, b: number): boolean => a == b; // breach\n'),
  library('prefer-const', 'let once = 1; // breach\nexport const twice = once + once;\n'),
  library('no-var', 'export var old = 1; // breach\n'),
  // oxlint points at the first line that is too many
  library('max-lines(300)', `${lines(300, 'export {};')}export {}; // breach\n`),
  library('max-lines-per-function(70)', `export function long(): void { // breach\n${lines(70, '  // a line')}}\n`),
  library(
    'max-params(4)',
    'export const five = (a: 1, b: 1, c: 1, d: 1, e: 1): number => a + b + c + d + e; // breach\n',
  ),
  library('prefer-node-protocol', "export { readFileSync } from 'fs'; // breach\n"),
  library('no-cycle', "export * from './no-cycle.ts'; // breach\n"),
  library('no-explicit-any', 'export const anything = (value: any): string => String(value); // breach\n'),
  library('ban-ts-comment', '// @ts-ignore // breach\nexport const wrong = 1;\n'),
  library(
    'no-floating-promises',
    'const act = async (): Promise<void> => {};\nexport const start = (): void => {\n  act(); // breach\n};\n',
  ),
  library(
    'no-misused-promises',
    'const ask = async (): Promise<boolean> => false;\nexport const say = (): string => (ask() ? "yes" : "no"); // breach\n',
  ),
  library(
    'await-thenable',
    'const one = (): number => 1;\nexport const wait = async (): Promise<void> => {\n  await one(); // breach\n};\n',
  ),
  library('only-throw-error', "export const fail = (): never => {\n  throw 'text'; // breach\n};\n"),
  library('no-misused-spread', 'export const none = { ...new Map([[1, 1]]) }; // breach\n'),
  library(
    'return-await',
    'const act = async (): Promise<void> => {};\nexport async function tried(): Promise<void> {\n  try {\n    return act(); // breach\n  } catch (thrown) {\n    throw new Error("act", { cause: thrown });\n  }\n}\n',
  ),
  library(
    'switch-exhaustiveness-check',
    "export function spell(word: 'a' | 'b'): void {\n  switch (word) { // breach\n    case 'a':\n      throw new Error(word);\n  }\n}\n",
  ),
  library('no-console', "console.log('hello'); // breach\n"),
  library('env-only-in-config(process.env)', 'export const level = process.env.LOG_LEVEL; // breach\n'),
  test('no-focused-tests', "import { it } from '@jest/globals';\nit.only('runs alone', () => {}); // breach\n"),
  test('no-disabled-tests', "import { it } from '@jest/globals';\nit.skip('never runs', () => {}); // breach\n"),
  test(
    'no-identical-title',
    "import { it } from '@jest/globals';\nit('is one', () => {});\nit('is one', () => {}); // breach\n",
  ),
  test(
    'valid-expect',
    "import { expect, it } from '@jest/globals';\nit('says nothing', () => {\n  expect(1); // breach\n});\n",
  ),
];

const frameworks: readonly Fixture[] = [
  {
    rule: 'rpc-makes-clients',
    file: 'services/till/src/edge/client.ts',
    breaking: "export { status } from '@grpc/grpc-js';\nexport { credentials } from '@grpc/grpc-js'; // breach\n",
  },
  {
    rule: 'rpc-loads-protos',
    file: 'services/till/src/service.ts',
    breaking: "export { loadSync } from '@grpc/proto-loader'; // breach\n",
  },
  {
    rule: 'adapter-knows-no-nest',
    file: 'services/till/src/outbound/printer.ts',
    breaking: "export { Injectable } from '@nestjs/common'; // breach\n",
  },
  {
    rule: 'adapter-calls-through-rpc',
    file: 'services/till/src/naive/kitchen.ts',
    breaking: "export { status } from '@grpc/grpc-js'; // breach\n",
  },
  library('library-knows-no-nest', "export { Module } from '@nestjs/common'; // breach\n"),
  library('library-knows-no-grpc', "export { status } from '@grpc/grpc-js'; // breach\n"),
  {
    rule: 'rpc-knows-no-nest',
    file: 'libs/rpc/src/filter.ts',
    breaking: "export { Catch } from '@nestjs/common'; // breach\n",
  },
];

const capabilities: readonly Fixture[] = [
  capability('max-lines-per-function(60)', `export function long(): void { // breach\n${lines(60, '  // a line')}}\n`),
  capability('capability-knows-no-framework', "export { Controller } from '@nestjs/common'; // breach\n"),
  capability('capability-knows-no-grpc', "export type { ServiceError } from '@grpc/grpc-js'; // breach\n"),
  capability('capability-knows-no-driver', "export { Pool } from 'pg'; // breach\n"),
  capability('capability-knows-no-broker', "export { Kafka } from 'kafkajs'; // breach\n"),
  capability(
    'capability-knows-no-runtime',
    "export const hash = async (): Promise<unknown> => import('node:crypto'); // breach\n",
  ),
  capability('capability-makes-no-ids', "export { v4 } from 'uuid'; // breach\n"),
  capability('capability-knows-no-wiring', "export * from '../edge/client.ts'; // breach\n"),
  capability(
    'capability-opens-no-socket(fetch)',
    "export const ask = (): Promise<Response> => fetch('http://127.0.0.1'); // breach\n",
  ),
  capability(
    'capability-reads-no-process(process)',
    'export const level = (): string | undefined => process.env.LOG_LEVEL; // breach\n',
  ),
  capability(
    'capability-reads-no-clock(performance)',
    'export const now = (): number => performance.now(); // breach\n',
  ),
  capability('capability-reads-no-clock(Date.now)', 'export const now = (): number => Date.now(); // breach\n'),
  capability(
    'capability-reads-no-clock',
    'export const now = (): Date => new Date(); // breach\nexport const at = (ms: number): Date => new Date(ms);\n',
  ),
  capability(
    'capability-sets-no-timer(setTimeout)',
    'export const later = (act: () => void): unknown => setTimeout(act, 1); // breach\n',
  ),
  capability(
    'capability-sets-no-timer(setInterval)',
    'export const often = (act: () => void): unknown => setInterval(act, 1); // breach\n',
  ),
  capability(
    'capability-sets-no-timer(setImmediate)',
    'export const soon = (act: () => void): unknown => setImmediate(act); // breach\n',
  ),
  capability(
    'capability-sets-no-timer(AbortSignal.timeout)',
    'export const limit = (): AbortSignal => AbortSignal.timeout(1); // breach\n',
  ),
  capability(
    'capability-draws-no-randomness(crypto)',
    'export const id = (): string => crypto.randomUUID(); // breach\n',
  ),
  capability(
    'capability-draws-no-randomness(Math.random)',
    'export const dice = (): number => Math.random(); // breach\n',
  ),
  capability(
    'capability-reads-no-globals(globalThis)',
    'export const ask = (): unknown => globalThis.fetch; // breach\n',
  ),
  capability('capability-reads-no-globals(global)', 'export const ask = (): unknown => global.fetch; // breach\n'),
];

const tidiness: readonly Fixture[] = [
  { rule: 'names-say-what', file: 'libs/call/src/utils/text.ts', breaking: 'export const one = 1;\n' },
  {
    rule: 'sql-in-stores',
    file: 'services/till/src/service-queries.ts',
    breaking:
      'export const find = (columns: string): string =>\n  `SELECT ${columns} FROM orders WHERE id = $1`; // breach\n',
  },
  {
    rule: 'durations-are-monotonic',
    file: 'libs/call/src/age.ts',
    breaking: 'export const since = (at: number): number => Date.now() - at; // breach\n',
  },
  test(
    'tests-wait-for-conditions',
    "import { it } from '@jest/globals';\nit('hopes', async () => {\n  await new Promise((resolve) => setTimeout(resolve, 50)); // breach\n});\n",
  ),
  {
    rule: 'arrow-has-client',
    file: 'topology.ts',
    breaking: "export const arrows = [\n  { from: 'till', to: 'kitchen' }, // breach\n];\n",
  },
  {
    rule: 'client-has-arrow',
    file: 'services/kitchen/src/outbound/till.ts',
    breaking: 'export const askTill = (): string => "";\n',
  },
  {
    rule: 'named-files-exist',
    file: 'docs/flows/pay.md',
    breaking: 'See `libs/call` and `GET /v1/orders`.\n`libs/call/src/gone.ts` decides. // breach\n',
  },
];

/** One file for both rules. */
const LOCK =
  '{ "packages": { "node_modules/tool": { "optionalDependencies": { "tool-linux-x64": "1.0.0", "tool-darwin-arm64": "1.0.0" } },\n "node_modules/tool-linux-x64": { "version": "1.0.0", "engines": { "node": ">=22" } } } }\n';

const installation: readonly Fixture[] = [
  { rule: 'lock-names-every-platform', file: 'package-lock.json', breaking: LOCK },
  { rule: 'lock-asks-for-no-engine', file: 'package-lock.json', breaking: LOCK },
];

const boundaries: readonly Fixture[] = [
  {
    rule: 'service-imports-no-service',
    file: 'services/till/src/edge/short-cut.ts',
    breaking: "export * from '@seams/kitchen/service'; // breach\n",
  },
  {
    rule: 'composition-alone-imports-services',
    file: 'bench/short-cut.ts',
    breaking: "export * from '@seams/kitchen/service'; // breach\n",
  },
  {
    rule: 'nobody-imports-the-composition',
    file: 'tools/short-cut.ts',
    breaking: "export * from '../single/src/compose.ts'; // breach\n",
  },
  {
    rule: 'testkit-in-tests-only',
    file: 'single/src/compose.ts',
    breaking: "export * from '@seams/kitchen/service';\nexport * from '@seams/testkit'; // breach\n",
  },
  {
    rule: 'library-imports-lower-rank',
    file: 'libs/rpc/src/store.ts',
    breaking: "export * from '@seams/postgres'; // breach\n",
  },
  {
    rule: 'library-imports-no-service',
    file: 'libs/rpc/src/short-cut.ts',
    breaking: "export * from '../../../services/kitchen/src/service.ts'; // breach\n",
  },
  { rule: 'library-has-rank', file: 'libs/gadgets/package.json', breaking: '{ "name": "@seams/gadgets" }\n' },
  {
    rule: 'testkit-in-tests-only',
    file: 'libs/rpc/src/clock.ts',
    breaking: "export * from '@seams/testkit'; // breach\n",
  },
  {
    rule: 'import-by-package-name',
    file: 'services/till/src/edge/deep.ts',
    breaking: "export * from '@seams/call/src/context.ts'; // breach\n",
  },
  {
    rule: 'dependency-is-declared',
    file: 'services/kitchen/src/edge/undeclared.ts',
    breaking: "export * from '@seams/postgres'; // breach\n",
  },
  {
    rule: 'e2e-is-black-box',
    file: 'e2e/an-order.ts',
    breaking: "export * from '../services/till/src/service.ts'; // breach\n",
  },
];

export const fixtures: readonly Fixture[] = [
  ...everywhere,
  ...frameworks,
  ...capabilities,
  ...tidiness,
  ...installation,
  ...boundaries,
];
