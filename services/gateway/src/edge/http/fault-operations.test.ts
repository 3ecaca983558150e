import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Failure, parseFaultPlan } from '@seams/call';
import { PLACES } from '../../../../../console/src/breakage/request-faults.ts';
import { EDGES } from '../../../../../load/faults.ts';
import { FAULT_OPERATIONS, refuseUnknownOperations } from './fault-operations.ts';

function refusalOf(plan: string): string | undefined {
  try {
    refuseUnknownOperations(parseFaultPlan(plan));
    return undefined;
  } catch (thrown) {
    const { kind, reason, message } = Failure.from(thrown);
    return `${kind} ${reason} ${message}`;
  }
}

describe('a fault plan', () => {
  const offered = [
    ...PLACES.map(({ operation }) => operation),
    ...Object.values(EDGES).filter((one) => one !== undefined),
  ];
  it.each([...new Set([...offered, ...FAULT_OPERATIONS])])('can name %s', (operation) => {
    expect(refusalOf(`${operation}=drop-reply*1`)).toBeUndefined();
  });

  it.each([
    ['storage.ComitOrder=drop-reply', 'there is no operation "storage.ComitOrder"; there are storage.ReadCafes,'],
    ['storage.commit=delay:5; analytics.OrderCanceled=crash', 'there is no operation "analytics.OrderCanceled"'],
    ['kitchen.Brew=crash', 'there is no operation "kitchen.Brew"; there are those of docs/faults.md.'],
    ['storage.commit=drop-reply/server', '"storage.commit" has no callee\'s end'],
    ['relay.Publish=duplicate/server*1', '"relay.Publish" has no callee\'s end'],
  ])('%s is refused: %s', (plan, why) => {
    expect(refusalOf(plan)).toContain(`invalid fault_plan_malformed Seams-Fault: ${why}`);
  });

  it('is refused for each operation that docs/faults.md does not have, and takes those that it has', () => {
    const docs = readFileSync(new URL('../../../../../docs/faults.md', import.meta.url), 'utf8');
    const named = [...docs.matchAll(/`([a-z-]+\.[A-Za-z]+)`/g)].map(([, name = '']) => name);
    const operations = named.filter((name) => /^(auth|business-logic|storage|analytics|relay)\./.test(name));
    expect(operations.length).toBeGreaterThan(8);
    expect(operations.filter((name) => !FAULT_OPERATIONS.includes(name))).toEqual([]);
  });
});
