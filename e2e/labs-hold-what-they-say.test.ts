/** Each lab as a person runs it, in its short form: what it says must hold, held; the two numbers are what they must be. */
import { execFile, execFileSync } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Catalogue } from '../tools/labs/catalogue.ts';
import { HOOK_MS_MAX, type System, startSystem } from './system.ts';

/** The longest kills four processes under load, one after another; Kafka alone takes 5 s to come back on a quiet machine. */
const LAB_MS_MAX = 180_000;
const lab = path.join(import.meta.dirname, '../tools/lab.ts');

/** Those that there are: a new one is run here by being there. */
const { labs } = JSON.parse(execFileSync(process.execPath, [lab, '--json'], { encoding: 'utf8' })) as Catalogue;

/** What the two numbers must be, beside that every sentence holds. */
const NUMBERS: Readonly<Record<string, RegExp>> = {
  'fault-is-not-failure': /with the pattern: +35 faults, 0 failures/,
  'partial-failure': /with the pattern: +4 kills, \d+ orders, 0 lost or doubled/,
  transparency: /with the pattern: +4 moves, \d+ orders, .* 0 lost\nwithout it: +1 move, \d+ orders, [1-9]\d* first/,
  scaling: /with the pattern: +2 → 3 replicas of business-logic: \d+ → \d+ orders\/s/,
  deadline:
    /with the pattern: +0 spans of storage .* 0 of 4 orders placed\nwithout it: +[1-9]\d* spans .* 4 of 4 orders/,
  'one-failed-order': /with the pattern: +1[12] lines of 5 services, 1 Kafka record, 1 order, from one id/,
  'circuit-breaker': /with the pattern: +\d+ ms to an answer, \d+ attempts at storage for \d+ requests/,
  bulkhead: /with the pattern: +0 of \d+ orders refused\nwithout it: +[1-9]\d* of \d+ orders refused/,
  'retry-storm': /with the pattern: +[01]\.\d\d attempts .*\nwithout it: +[89]\.\d\d attempts at storage per request/,
  'three-endings': /with the pattern: +0 of 4 endings charged twice\nwithout it: +2 of 4 endings charged twice/,
  reconciliation:
    /with the pattern: +3 charges for 3 intents, 0 new breaches\nwithout it: +6 charges for 3 intents, [1-9]\d* new/,
  'lost-update': /with the pattern: +0 of 80 sales forgotten\nwithout it: +[1-9]\d* of 80 sales forgotten/,
  messages: /with the pattern: +36 orders, 36 counted\nwithout it: +6 orders, 12 counted .* 3 orders, 0 counted/,
  spike:
    /with the pattern: +\d+ orders without Kafka or analytics, 0 not done,[^]*without it: +3 of 3 orders failed or were slow/,
};

let system: System;
beforeAll(async () => {
  system = await startSystem();
}, HOOK_MS_MAX);
afterAll(() => system?.stop(), HOOK_MS_MAX);

const run = async (...args: string[]): Promise<string> => {
  const { stdout } = await promisify(execFile)(process.execPath, [lab, ...args, '--data', system.dataDir]);
  return stdout;
};

describe('npm run labs', () => {
  const all = path.join(import.meta.dirname, '../tools/labs.ts');

  it(
    'runs those that are named, one after another, and ends with one table',
    async () => {
      const only = ['--short', '--only', 'deadline,three-endings', '--data', system.dataDir];
      const { stdout } = await promisify(execFile)(process.execPath, [all, ...only]);
      expect(stdout).toMatch(/^labs: each idea on the running system, in short/);
      expect(stdout).toMatch(/^three-endings +1 +0 of 4 endings charged twice +2 of 4 .* held +\d+$/m);
      expect(stdout).toMatch(/^deadline +6 +0 spans .* held +\d+$/m);
      expect(stdout).toMatch(/^1 of 2, \d+ s left {2}three-endings /m);
      expect(stdout).toMatch(/^2 of 2 labs held, in (\d+ min )?\d+ s$/m);
    },
    LAB_MS_MAX,
  );

  it('says in one line that there is no such lab', async () => {
    const only = ['--only', 'gravity', '--data', system.dataDir];
    await expect(promisify(execFile)(process.execPath, [all, ...only])).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^seams: there is no lab "gravity"; .*\n$/),
    });
  });
});

describe('npm run lab', () => {
  it('lists every lab with its idea and its question', async () => {
    const listed = (await run()).split('\n').filter((line) => /idea \d+/.test(line));
    expect(listed).toHaveLength(labs.length);
    expect(Object.keys(NUMBERS).filter((name) => !labs.some((one) => one.name === name))).toEqual([]);
  });

  it.each(labs.map(({ name }) => name))(
    '%s holds what it says',
    async (name) => {
      const shown = await run(name, '--short');
      expect(shown).toMatch(NUMBERS[name] ?? /^with the pattern: +\S/m);
      expect(shown).not.toContain('BROKEN');
      expect(shown.match(/^held /gm)?.length).toBeGreaterThanOrEqual(2);
    },
    LAB_MS_MAX,
  );

  it('says in one line that there is no such lab', async () => {
    await expect(run('gravity')).rejects.toMatchObject({ code: 1, stderr: expect.stringMatching(/^seams: .*\n$/) });
  });
});

describe('the audit after all labs', () => {
  const audit = path.join(import.meta.dirname, '../tools/audit.ts');
  const audited = () => promisify(execFile)(process.execPath, [audit, '--data', system.dataDir]);

  it(
    'is green and lists what was corrected, each with its lab',
    async () => {
      const { stdout } = await audited();
      expect(stdout).toMatch(/^audit: clean, \d+ things looked at by 8 checks, [1-9]\d* corrected /m);
      expect(stdout).toMatch(/^ +2 doubled orders, corrected by lab three-endings at \d{4}-\d\d-\d\d \d\d:\d\d UTC$/m);
      for (const name of ['reconciliation', 'messages', 'lost-update', 'spike'])
        expect(stdout).toContain(`corrected by lab ${name} at`);
    },
    LAB_MS_MAX,
  );

  it(
    'is red for one cup that no lab gave away',
    async () => {
      const add = (units: number) =>
        system.sql(
          'storage',
          `UPDATE menu_items SET stock_units = stock_units + ${units} WHERE item_id = 'tower-espresso'`,
        );
      await add(1);
      const red = audited().finally(() => add(-1));
      await expect(red).rejects.toMatchObject({
        code: 1,
        stdout: expect.stringMatching(/BREACH tower-espresso: .*\n[^]*\naudit: 1 breach in 5 stock is conserved/),
      });
    },
    LAB_MS_MAX,
  );
});
