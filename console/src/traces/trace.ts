/** GET /v1/traces, as the gateway's OpenAPI describes it, and what the two views make of it. */
import type { Question } from '../api/ask.ts';

export interface Span {
  readonly spanId: string;
  readonly parentId: string | null;
  readonly operation: string;
  readonly service: string;
  readonly process: string;
  readonly startUs: number;
  readonly durationUs: number;
  readonly tags: Readonly<Record<string, string | number | boolean>>;
  readonly events: readonly { readonly atUs: number; readonly name: string }[];
}

export interface Trace {
  readonly traceId: string;
  readonly startedAt: string;
  readonly spans: readonly Span[];
}

export type Sought = 'trace' | 'order' | 'customer';

/**
 * By the id of a trace (32 hex digits), or of an order or a customer: both are UUIDs, and nobody can see whose one is. To be
 * asked one after another until something is found; empty for what is no id.
 */
export function questionsFor(text: string): readonly { readonly sought: Sought; readonly question: Question }[] {
  const id = text.trim().toLowerCase();
  const asking = (sought: Sought, path: string) => ({ sought, question: { method: 'GET', path } as const });
  if (/^[0-9a-f]{32}$/.test(id)) return [asking('trace', `/v1/traces/${id}`)];
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) return [];
  return [asking('order', `/v1/traces?orderId=${id}`), asking('customer', `/v1/traces?customerId=${id}`)];
}

export interface Row {
  readonly span: Span;
  readonly depth: number;
}

/** Parents before their children, siblings by their start. */
export function rowsOf({ spans }: Trace): Row[] {
  const known = new Set(spans.map(({ spanId }) => spanId));
  const below = (parent: string | null, depth: number): Row[] =>
    spans
      .filter(({ parentId }) => (parentId !== null && known.has(parentId) ? parentId : null) === parent)
      .flatMap((span) => [{ span, depth }, ...below(span.spanId, depth + 1)]);
  return below(null, 0);
}

export const failed = ({ tags }: Span): boolean => tags.error === true || tags['otel.status_code'] === 'ERROR';

export const endOf = ({ startUs, durationUs }: Span): number => startUs + durationUs;

export const msOf = (us: number): string => `${(us / 1_000).toFixed(1)} ms`;

export interface Message {
  readonly from: string;
  readonly to: string;
  readonly atUs: number;
  readonly text: string;
  readonly kind: 'call' | 'reply' | 'lost' | 'event';
  readonly failed: boolean;
}

/** What went from process to process, in the order in which it happened; what a process did by itself is no message. */
export function messagesOf({ spans }: Trace): Message[] {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  return spans
    .flatMap((span): Message[] => {
      const parent = span.parentId === null ? undefined : byId.get(span.parentId);
      if (!parent || parent.process === span.process) return [];
      const ends = { from: parent.process, to: span.process };
      const short = span.operation.replace(/^seams\.\w+\.v1\./, '');
      // Whoever published has its answer long before the event is consumed.
      const isEvent = span.startUs >= endOf(parent) || span.operation.endsWith(' process');
      const call: Message = {
        ...ends,
        atUs: span.startUs,
        text: short,
        kind: isEvent ? 'event' : 'call',
        failed: false,
      };
      if (isEvent) return [call];
      // It did its work and its caller failed: the answer did not arrive, or not in time.
      const lost = failed(parent) && !failed(span);
      const back = { from: span.process, to: parent.process, atUs: endOf(span), failed: failed(span) };
      return [call, { ...back, kind: lost ? 'lost' : 'reply', text: lost ? 'reply lost' : msOf(span.durationUs) }];
    })
    .sort((a, b) => a.atUs - b.atUs);
}
