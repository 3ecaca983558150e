/** What a lab says while it runs, as lines of JSON: for whoever runs it as a process of its own (child.ts). */
import { type Outcome, outcomeOfAll } from '../../labs/expectation.ts';
import type { Finding } from '../../labs/lab.ts';
import { type Sentence, sentenceOf } from './show.ts';

export type LabEvent =
  /** A line as it stands in a terminal. */
  | { readonly kind: 'said'; readonly text: string }
  | ({ readonly kind: 'sentence' } & Sentence)
  | {
      readonly kind: 'found';
      /** Of all its sentences. */
      readonly outcome: Outcome;
      readonly withPattern: string;
      readonly withoutPattern?: string;
      readonly traces: readonly NamedTrace[];
      /** Everything else to look at. */
      readonly lookAt: readonly string[];
    }
  /** It could not be carried through. */
  | { readonly kind: 'failed'; readonly why: string };

export interface NamedTrace {
  readonly what: string;
  readonly traceId: string;
}

/** What a package writes by itself is no event of ours, and is shown as it is. */
export const eventIn = (line: string): LabEvent =>
  line.startsWith('{"kind":') ? (JSON.parse(line) as LabEvent) : { kind: 'said', text: line };

const TRACE = /\S*\/api\/traces\/([0-9a-f]{32})/g;

export function eventsOf({ expectations, withPattern, withoutPattern, lookAt }: Finding): LabEvent[] {
  return [
    ...expectations.map((one): LabEvent => ({ kind: 'sentence', ...sentenceOf(one) })),
    {
      kind: 'found',
      outcome: outcomeOfAll(expectations),
      withPattern,
      ...(withoutPattern === undefined ? {} : { withoutPattern }),
      traces: lookAt.flatMap(tracesIn),
      lookAt: lookAt.filter((line) => tracesIn(line).length === 0),
    },
  ];
}

/** "the lost reply: http://…/api/traces/ID": what, and the trace that shows it. */
export function tracesIn(line: string): NamedTrace[] {
  const what = line.replaceAll(TRACE, '').trim().replace(/:$/, '');
  return [...line.matchAll(TRACE)].map(([, traceId = '']) => ({ what, traceId }));
}
