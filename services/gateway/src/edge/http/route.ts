/** What one route is, and what most routes have in common. */
import { z } from 'zod';
import type { Criticality } from '../../admission/gate.ts';

export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** As OpenAPI writes it, for example "/v1/orders/{orderId}". */
  readonly path: string;
  readonly summary: string;
  readonly status: 200 | 201 | 202;
  /** Needs an access token. */
  readonly token: boolean;
  /** What nobody but an operator may do: "see how requests went". Asked before anything else of the request is read. */
  readonly operatorsMay: string | undefined;
  /** Needs an Idempotency-Key. */
  readonly keyed: boolean;
  /** What is refused first when there is too much; operators' questions and this API's own description never are. */
  readonly criticality: Criticality | 'never_shed';
  /** May take AUDIT_MS_MAX instead of REQUEST_MS_MAX. */
  readonly slow: boolean;
  readonly params: z.ZodObject;
  readonly query: z.ZodObject;
  readonly body: z.ZodObject | undefined;
  readonly reply: z.ZodType;
  /** Why it may be refused, by status, besides what each route of its sort may be refused for. */
  readonly refusals: Readonly<Record<number, readonly string[]>>;
}

export const none = z.strictObject({});

export const open = {
  token: false,
  operatorsMay: undefined,
  keyed: false,
  slow: false,
  params: none,
  query: none,
  body: undefined,
} as const;
export const guarded = { ...open, token: true } as const;
export const keyed = { ...guarded, keyed: true } as const;

/** A query holds text; a number in it is digits, nothing else. */
export const digits = (text: unknown): unknown =>
  typeof text === 'string' && /^\d{1,9}$/.test(text) ? Number(text) : text;

export const route = <const R extends Route>(description: R): R => description;
