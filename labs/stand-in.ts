/** For tests: a system's trace store and the counts of its one process, in a time of its own. */
import type { Trace } from '../tools/order/trace.ts';
import type { ProcessSpans } from './span-delivery.ts';
import { openTraces } from './traces.ts';

/** A trace of a gateway that asked, and of what else has these tags. */
export function traceOf(traceID: string, tags: Readonly<Record<string, string>> = {}): Trace {
  const span = (spanID: string, of: Readonly<Record<string, string>>) => ({
    spanID,
    processID: 'p',
    operationName: 's',
    references: [],
    startTime: 0,
    duration: 1,
    tags: Object.entries(of).map(([key, value]) => ({ key, value })),
  });
  const spans = [span('root', { 'span.kind': 'server' }), span('below', tags)];
  return { traceID, spans, processes: { p: { serviceName: 'gateway' } } };
}

/** Time goes on only when somebody sleeps; each event of the script happens when its moment has come. */
export function world(script: readonly { readonly at: number; readonly happens: (state: State) => void }[] = []) {
  let now = 0;
  const state: State = {
    stored: new Map(),
    processes: [{ name: 'storage-1', pid: 1, counts: { exported: 100, lost: 0, waiting: 0 } }],
  };
  const ahead = [...script];
  const happen = (): void => {
    while (ahead[0] && ahead[0].at <= now) ahead.shift()?.happens(state);
  };
  happen();
  const clock = {
    now: () => now,
    sleep: async (ms: number, signal: AbortSignal) => {
      const until = now + ms;
      while (now < until) {
        await new Promise(setImmediate);
        signal.throwIfAborted();
        now = Math.min(until, now + 50);
        happen();
      }
    },
  };
  const source = { clock, readSpans: async () => state.processes, fetch: async (id: string) => state.stored.get(id) };
  return { state, clock, traces: openTraces(source) };
}

export interface State {
  readonly stored: Map<string, Trace>;
  processes: readonly ProcessSpans[];
}

export const counts =
  (exported: number, lost: number, waiting: number, pid = 1) =>
  (state: State) => {
    state.processes = [{ name: 'storage-1', pid, counts: { exported, lost, waiting } }];
  };
export const stored =
  (id: string, tags?: Readonly<Record<string, string>>) =>
  ({ stored: all }: State): void =>
    void all.set(id, traceOf(id, tags));
