/** The circuit breakers of a running system, as its processes tell (GET /metrics at their ops ports). */
import { setTimeout as sleep } from 'node:timers/promises';
import { askStatus, type Running } from '../tools/system/running.ts';
import type { Asked } from './asking.ts';

const CLOSED = 0;
const STATE = /^seams_policy_breaker_state\{callee="([^"]+)"\} (\d)/gm;
// What a process says is up to a second old.
const LOOK_EVERY_MS = 1_000;
const CLOSED_MS_MAX = 30_000;

/** Those that are not closed: "business-logic-1 → storage". */
export async function breakersOpen(system: Pick<Running, 'dataDir'>): Promise<string[]> {
  const { processes } = await askStatus(system.dataDir);
  const callers = processes.filter(({ name }) => /^(gateway|business-logic)-/.test(name));
  const open = callers.map(async ({ name, ports }) => {
    const text = await (await fetch(`http://127.0.0.1:${ports.at(-1)}/metrics`)).text();
    return [...text.matchAll(STATE)]
      .filter(([, , state]) => Number(state) !== CLOSED)
      .map(([, callee]) => `${name} → ${callee}`);
  });
  return (await Promise.all(open)).flat();
}

/** Knocks until every breaker is closed and the answers are good: a breaker finds out by being asked. */
export async function untilClosed(system: Pick<Running, 'dataDir'>, knock: () => Promise<Asked>): Promise<void> {
  const giveUpAt = Date.now() + CLOSED_MS_MAX;
  for (;;) {
    const answers = await Promise.all(Array.from({ length: KNOCKS }, knock));
    const open = await breakersOpen(system);
    if (open.length === 0 && answers.every(({ status }) => status === 200)) return;
    if (Date.now() > giveUpAt) throw new Error(`not well again in ${CLOSED_MS_MAX / 1_000} s: ${open.join(', ')}`);
    await sleep(LOOK_EVERY_MS);
  }
}
/** So that each replica is asked, whichever way the round robin goes. */
const KNOCKS = 8;
