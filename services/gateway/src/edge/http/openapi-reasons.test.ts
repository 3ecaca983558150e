/** Whether the document names every reason that a part of the system can give, by the code that gives it. */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { FAILURES, type FailureKind } from '@seams/call';
import { openApiDocument } from './openapi.ts';
import { type HttpReason, STATUS_OF_REASON } from './problem.ts';

const ROOT = path.join(import.meta.dirname, '../../../../..');
const document = openApiDocument({ requestMsMax: 2_000, auditMsMax: 60_000 }) as unknown as {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly responses: Readonly<Record<string, { description: string }>> }>>>
  >;
};
const named = new Set(
  Object.values(document.paths)
    .flatMap((methods) => Object.values(methods))
    .flatMap(({ responses }) => Object.entries(responses))
    .flatMap(([status, { description }]) => description.split(', ').map((reason) => `${status} ${reason}`)),
);

/** Given to a service or to the log, never to a client of the gateway; or for a method that is in no document. */
const INSIDE = new Set([
  'caller_gone', // the client has left
  'delivery_lost', // a consumer's fault
  'principal_missing', // the gateway always says who asks
  'not_your_key',
  'key_missing',
  'decision_missing',
  'page_size_out_of_range', // the gateway asks for what its own schema lets through
  'cafe_id_malformed',
  'range_backwards',
  'range_too_wide',
  'order_empty',
  'method_not_allowed', // no operation of the document
]);

interface Given {
  readonly file: string;
  readonly answer: string;
}
const sources = globSync('{services,libs}/*/src/**/*.ts', { cwd: ROOT }).filter((file) => !file.endsWith('.test.ts'));
const given: Given[] = sources.flatMap((file) => {
  const text = readFileSync(path.join(ROOT, file), 'utf8');
  const pairs = [
    ...text.matchAll(/new Failure\(\s*'(\w+)',\s*'(\w+)'/g),
    ...text.matchAll(/kind: '(\w+)', reason: '(\w+)'/g),
  ];
  return pairs
    .filter(([, kind = '', reason = '']) => kind in FAILURES && !INSIDE.has(reason))
    .map(([, kind, reason]) => ({ file, answer: `${FAILURES[kind as FailureKind].http} ${reason}` }));
});

describe('the OpenAPI document', () => {
  it('names every refusal of the edge', () => {
    const all = Object.entries(STATUS_OF_REASON).filter(([reason]) => !INSIDE.has(reason as HttpReason));
    expect(all.map(([reason, status]) => `${status} ${reason}`).filter((answer) => !named.has(answer))).toEqual([]);
  });

  it('names every reason that a service or a library gives', () => {
    expect(given.length).toBeGreaterThan(40);
    expect(given.filter(({ answer }) => !named.has(answer))).toEqual([]);
  });

  it('names every reason of the load balancer', () => {
    const text = readFileSync(path.join(ROOT, 'tools/infrastructure/load-balancer/problem.ts'), 'utf8');
    const all = [...text.matchAll(/status: (\d+),\s*reason: '(\w+)'/g)]
      .filter(([, , reason = '']) => !INSIDE.has(reason))
      .map(([, status, reason]) => `${status} ${reason}`);
    expect(all.length).toBeGreaterThan(8);
    expect(all.filter((answer) => !named.has(answer))).toEqual([]);
  });
});
