/** Traces of requests that a lab sent: what was seen of them, and what was not, which is no number. */
import { fetchTrace, type Trace } from '../tools/order/trace.ts';
import type { Running } from '../tools/system/running.ts';
import { type Clock, type ProcessSpans, type ReadSpans, realClock, spansOf, untilDelivered } from './span-delivery.ts';
import { rootOf } from './spans.ts';

export interface SeenTraces {
  /** Those that hold every span that there is. */
  readonly traces: readonly Trace[];
  /** What was not seen, and why: a sentence's part. Undefined when all was. */
  readonly missing: string | undefined;
}

export interface Wanted {
  /** True once the trace holds what is looked for. It ends the waiting early; the counts of the processes end it at last. */
  readonly complete?: (trace: Trace) => boolean;
  /** How long what makes these spans may still work after the answer; 0 when it is done. */
  readonly workMsMax?: number;
  /** So many that are complete end it; all, if nothing is said. */
  readonly enough?: number;
}

export interface Traces {
  read(traceIds: readonly string[], wanted?: Wanted): Promise<SeenTraces>;
}

export interface TraceSource {
  readonly readSpans: ReadSpans;
  /** Undefined when the trace store has none of it, or does not answer. */
  fetch(traceId: string): Promise<Trace | undefined>;
  readonly clock: Clock;
}

/** For what must not be there: the trace is read when every span was delivered, never before. */
export const EVERY_SPAN: Wanted = { complete: () => false };

const AT_ONCE = 8;
const READ_EVERY_MS = 150;

/** Call it before the requests: spans that were lost earlier are no reason that theirs are missing. */
export const tracesOf = async (system: Pick<Running, 'dataDir' | 'tracesUrl'>): Promise<Traces> =>
  openTraces({
    readSpans: spansOf(system),
    fetch: (traceId) => fetchTrace(system.tracesUrl, traceId).catch(noAnswer),
    clock: realClock,
  });

/** A busy trace store is asked again. */
function noAnswer(error: Error): undefined {
  if (error instanceof TypeError || error.name === 'TimeoutError') return undefined;
  throw error;
}

export async function openTraces(source: TraceSource): Promise<Traces> {
  const before = await source.readSpans();
  return { read: (traceIds, wanted = {}) => readTraces(source, before, { traceIds, ...wanted }) };
}

interface Question extends Wanted {
  readonly traceIds: readonly string[];
}

/** Reads each trace until it is complete, or until it was read once more after the last span was delivered. */
async function readTraces(
  source: TraceSource,
  before: readonly ProcessSpans[],
  { traceIds, complete = () => true, workMsMax = 0, enough = traceIds.length }: Question,
): Promise<SeenTraces> {
  const { readSpans, fetch, clock } = source;
  const traces: Trace[] = [];
  const left = [...traceIds];
  let [completed, unseen] = [0, 0];
  let reasons: readonly string[] | undefined;
  const over = new AbortController();
  const delivery = clock
    .sleep(workMsMax, over.signal)
    .then(() => untilDelivered(readSpans, before, { clock, signal: over.signal }))
    .then((found) => void (reasons = found));

  const readOne = async (traceId: string): Promise<void> => {
    while (completed < enough) {
      const why = reasons; // as of before the read
      const trace = await fetch(traceId);
      const readable = trace && rootOf(trace) ? trace : undefined;
      const isComplete = readable !== undefined && complete(readable);
      if (!isComplete && why === undefined) {
        await clock.sleep(READ_EVERY_MS, over.signal);
        continue;
      }
      if (isComplete) completed++;
      if (readable && (isComplete || why?.length === 0)) traces.push(readable);
      else unseen++;
      return;
    }
  };
  const worker = async (): Promise<void> => {
    for (let id = left.shift(); id !== undefined; id = left.shift()) await readOne(id);
  };
  const reading = Promise.all(Array.from({ length: AT_ONCE }, worker));
  // The delivery wins only by failing.
  await Promise.race([reading, delivery.then(() => reading)]).finally(() => over.abort());
  return { traces, missing: unseen === 0 ? undefined : missingText(unseen, traceIds.length, reasons ?? []) };
}

const FORGOTTEN =
  'all spans were delivered and the trace store does not have these: when it is full it forgets the oldest';

function missingText(unseen: number, total: number, reasons: readonly string[]): string {
  const why = reasons.length > 0 ? reasons.join(', ') : FORGOTTEN;
  return `${unseen} of ${total} ${total === 1 ? 'trace' : 'traces'} not seen whole (${why})`;
}
