/**
 * `--faults lost-reply:10%@gateway-logic,delay:300:5%`: what happens to which share of the requests, and on which edge of
 * the system. Which request is struck, and where when no edge is named, follows from the seed.
 */
import type { Random } from './random.ts';

/** What to name in Seams-Fault for each edge. The first one has none: there the load client does it itself. */
export const EDGES = {
  'client-gateway': undefined,
  'gateway-auth': 'auth.Authenticate',
  'gateway-logic': 'business-logic.PlaceOrder',
  'logic-storage': 'storage.CommitOrder',
  'storage-postgres': 'storage.commit',
  'relay-kafka': 'relay.Publish',
  'kafka-analytics': 'analytics.OrderPlaced',
} as const satisfies Record<string, string | undefined>;

export type Edge = keyof typeof EDGES;

export type Action =
  | { readonly kind: 'lost-reply' | 'lost-request' | 'duplicate' }
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'error'; readonly failure: string };

export interface FaultRule {
  /** As it was written. */
  readonly text: string;
  readonly action: Action;
  /** Above 0, at most 1. */
  readonly probability: number;
  /** Those among which the seed chooses. */
  readonly edges: readonly Edge[];
}

/** What one request carries. */
export interface Struck {
  /** The value of Seams-Fault. */
  readonly header: string | undefined;
  /** What the load client does to this request by itself. */
  readonly own: readonly Action[];
  readonly hits: readonly Hit[];
  /** Whether there were faults to draw. */
  readonly drawn: boolean;
}

export interface Hit {
  readonly rule: FaultRule;
  readonly edge: Edge;
}

// An injected refusal (error:rejected, say) is a lie that the same key would not be told again, so it is not offered.
export const ERRORS: readonly string[] = ['conflict', 'overloaded', 'unavailable', 'timed_out', 'cancelled', 'bug'];
const DELAY_MS_MAX = 60_000;
const FAULT = /^([a-z-]+)(?::([a-z_]+|\d+))?:(\d+(?:\.\d+)?)%(?:@([a-z-]+))?$/;

/** @throws Error of one line that names the part that cannot be read */
export function parseFaults(text: string): FaultRule[] {
  return text.split(',').map((part) => ruleOf(part.trim()));
}

function ruleOf(text: string): FaultRule {
  const [, name = '', argument, percent = '', edge] = FAULT.exec(text) ?? [];
  if (name === '')
    throw new Error(`--faults: "${text}" is no fault; "lost-reply:10%" and "delay:300:5%@gateway-logic" are`);
  const action = actionOf(text, name, argument);
  const probability = Number(percent) / 100;
  if (probability <= 0 || probability > 1) throw new Error(`--faults: "${text}" strikes more than 0 and at most 100 %`);
  return { text, action, probability, edges: edgesOf(text, action, edge) };
}

function actionOf(text: string, name: string, argument: string | undefined): Action {
  if (name === 'lost-reply' || name === 'lost-request' || name === 'duplicate') {
    if (argument === undefined) return { kind: name };
    throw new Error(`--faults: "${text}": ${name} takes a share alone, "${name}:10%"`);
  }
  if (name === 'delay') {
    const ms = Number(argument);
    if (Number.isInteger(ms) && ms > 0 && ms <= DELAY_MS_MAX) return { kind: 'delay', ms };
    throw new Error(`--faults: "${text}": delay takes 1 to ${DELAY_MS_MAX} ms and a share, "delay:300:10%"`);
  }
  if (name === 'error') {
    if (argument !== undefined && ERRORS.includes(argument)) return { kind: 'error', failure: argument };
    throw new Error(
      `--faults: "${text}": error takes one of ${ERRORS.join(', ')} and a share, "error:unavailable:10%"`,
    );
  }
  throw new Error(`--faults: there is no "${name}"; there are lost-reply, lost-request, delay, duplicate, error`);
}

function edgesOf(text: string, action: Action, edge: string | undefined): Edge[] {
  const able = (Object.keys(EDGES) as Edge[]).filter((one) => action.kind !== 'error' || EDGES[one] !== undefined);
  if (edge === undefined) return able;
  const named = able.find((one) => one === edge);
  if (!named) throw new Error(`--faults: "${text}": the edge is one of ${able.join(', ')}`);
  return [named];
}

/** Each rule is drawn by itself, so one request may carry several faults. */
export function strike(rules: readonly FaultRule[], random: Random): Struck {
  const hits = rules.flatMap((rule) => {
    const { probability, edges } = rule;
    // Both are always drawn: what a later rule draws must not hang on an earlier one.
    const [hit, at] = [random.chance(probability), random.below(edges.length)];
    return hit ? [{ rule, edge: edges[at] as Edge }] : [];
  });
  const plan = hits.flatMap(({ rule, edge }) => {
    const operation: string | undefined = EDGES[edge];
    return operation === undefined ? [] : [`${operation}=${wordOf(rule.action)}*1`];
  });
  return {
    header: plan.length === 0 ? undefined : plan.join('; '),
    own: hits.filter(({ edge }) => EDGES[edge] === undefined).map(({ rule }) => rule.action),
    hits,
    drawn: rules.length > 0,
  };
}

/** As the system counts it: the label `action` of seams_faults_fired_total, which has no milliseconds. */
export const firedAs = (action: Action): string => (action.kind === 'delay' ? 'delay' : wordOf(action));

/** As Seams-Fault says it. Once each (*1): a lost reply is one reply, and whoever repeats the call gets the next. */
function wordOf(action: Action): string {
  switch (action.kind) {
    case 'lost-reply':
      return 'drop-reply';
    case 'lost-request':
      return 'drop-request';
    case 'duplicate':
      return 'duplicate';
    case 'delay':
      return `delay:${action.ms}`;
    case 'error':
      return `error:${action.failure}`;
    default:
      return action satisfies never;
  }
}
