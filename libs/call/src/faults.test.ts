import { describe, expect, it } from '@jest/globals';
import { labHeadersOf, labOf, parseFaultPlan } from './index.ts';

describe('a fault plan', () => {
  it.each([
    ['storage.CommitOrder=drop-reply', { kind: 'drop-reply' }],
    ['storage.CommitOrder=drop-request', { kind: 'drop-request' }],
    ['storage.CommitOrder=duplicate', { kind: 'duplicate' }],
    ['storage.CommitOrder=delay:800', { kind: 'delay', ms: 800 }],
    ['storage.CommitOrder=error:unavailable', { kind: 'error', failure: 'unavailable' }],
    ['storage.CommitOrder=crash', { kind: 'crash' }],
    [' auth.Authenticate=delay:1 ;storage.CommitOrder=drop-reply@1*3 ;', { kind: 'drop-reply' }],
  ])('%s strikes with %j', (text, action) => {
    const plan = parseFaultPlan(text);
    expect(plan.strike('storage.CommitOrder')).toEqual(action);
    expect(plan.strike('storage.ReadMenu')).toBeUndefined();
    expect(plan.text).toBe(text);
  });

  it.each([
    '',
    ';',
    'storage=drop-reply',
    'storage.CommitOrder',
    'storage.CommitOrder=explode',
    'storage.CommitOrder=drop-reply:5',
    'storage.CommitOrder=drop-reply/client',
    'storage.CommitOrder=crash:1',
    'storage.CommitOrder=delay',
    'storage.CommitOrder=delay:0',
    'storage.CommitOrder=delay:60001',
    'storage.CommitOrder=delay:-5',
    'storage.CommitOrder=error:nonsense',
    'storage.CommitOrder=error:constructor',
    'storage.CommitOrder=drop-reply@2',
    'storage.CommitOrder=drop-reply*x',
    Array.from({ length: 17 }, () => 'storage.CommitOrder=duplicate').join(';'),
  ])('%s is refused in words', (text) => {
    expect(() => parseFaultPlan(text)).toThrow(
      expect.objectContaining({ kind: 'invalid', reason: 'fault_plan_malformed' }),
    );
  });

  it('holds 16 faults, and no more', () => {
    const plan = (faults: number): string =>
      Array.from({ length: faults }, () => 'storage.CommitOrder=duplicate').join(';');
    expect(parseFaultPlan(plan(16)).text).toBe(plan(16));
    expect(() => parseFaultPlan(plan(17))).toThrow();
  });

  it('strikes at the end that it names', () => {
    const plan = parseFaultPlan('storage.CommitOrder=delay:5/server*1');
    expect(plan.strike('storage.CommitOrder')).toBeUndefined();
    expect(plan.strike('storage.CommitOrder', 'server')).toEqual({ kind: 'delay', ms: 5 });
    expect(plan.strike('storage.CommitOrder', 'server')).toBeUndefined();
  });

  it('goes on in headers, with the patterns that are done without', () => {
    const lab = labOf({ 'seams-fault': 'storage.CommitOrder=duplicate', 'seams-without': 'idempotency' });
    expect(labHeadersOf(lab)).toEqual({
      'seams-fault': 'storage.CommitOrder=duplicate',
      'seams-without': 'idempotency',
    });
    expect(labHeadersOf(labOf({}))).toEqual({});
  });

  it('strikes as often as it says, then lets calls through', () => {
    const plan = parseFaultPlan('storage.CommitOrder=drop-reply*2');
    const struck = Array.from({ length: 4 }, () => plan.strike('storage.CommitOrder')?.kind);
    expect(struck).toEqual(['drop-reply', 'drop-reply', undefined, undefined]);
  });

  it('strikes with its probability, by the dice that it is given', () => {
    const plan = parseFaultPlan('storage.CommitOrder=drop-reply@0.5');
    expect([0.49, 0.5].map((dice) => plan.strike('storage.CommitOrder', 'caller', () => dice)?.kind)).toEqual([
      'drop-reply',
      undefined,
    ]);
  });
});
