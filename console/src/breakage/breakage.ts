/** GET /v1/breakage, as the gateway's OpenAPI describes it, looked at for as long as somebody looks; and what breaks and heals. */
import { again } from '../api/again.ts';
import { type Answer, bodyOf, isForGood, isOk, type Question } from '../api/ask.ts';
import { askAs } from '../session/session.ts';

export type Fault = 'kill' | 'freeze' | 'thaw' | 'restart' | 'remove' | 'add';

export interface Target {
  readonly process: string;
  readonly part: string;
  readonly state: string;
  readonly faults: readonly { readonly fault: Fault; readonly sentence: string }[];
}

export interface Action {
  readonly id: number;
  readonly at: string;
  readonly what: string;
  readonly state: 'under way' | 'done' | 'failed';
  readonly said: string;
}

export interface RandomRun {
  readonly seed: number;
  readonly seconds: number;
  readonly done: number;
  readonly planned: number;
  readonly next: { readonly process: string; readonly fault: Fault } | null;
}

export interface Breakage {
  readonly targets: readonly Target[];
  readonly services: readonly { readonly service: string; readonly replicas: number; readonly sentence: string }[];
  readonly broken: readonly { readonly process: string; readonly how: string; readonly sentence: string }[];
  readonly healing: boolean;
  readonly random: RandomRun | null;
  readonly log: readonly Action[];
  readonly lab: { readonly lab: string } | null;
}

const LOOK_EVERY_MS = 1_000;

/** Returns what ends it. */
export const follow = (onBreakage: (breakage: Breakage) => void, onFailure: (answer: Answer) => void): (() => void) =>
  again(async (over) => {
    const answer = await askAs('operator', { method: 'GET', path: '/v1/breakage' }, over);
    if (isOk(answer)) onBreakage(bodyOf<Breakage>(answer));
    else onFailure(answer);
    // Told no for good: not an operator, or nobody can break anything here.
    return isForGood(answer) ? undefined : LOOK_EVERY_MS;
  });

const post = (path: string, body: object): Question => ({ method: 'POST', path, body: JSON.stringify(body) });

export interface Wanted {
  readonly fault: Fault;
  readonly name: string;
  readonly forS?: number;
}

/** Never sent again by itself: whoever got no answer looks at what is broken. */
export const breakOne = (wanted: Wanted): Promise<Answer> => askAs('operator', post('/v1/breakage', wanted));

export const healAll = (): Promise<Answer> => askAs('operator', { method: 'DELETE', path: '/v1/breakage' });

export const breakByPlan = (plan: {
  readonly seed: number;
  readonly seconds: number;
  readonly siblings: boolean;
}): Promise<Answer> => askAs('operator', post('/v1/breakage/random', plan));
