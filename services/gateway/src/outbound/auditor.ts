import { type CallContext, Failure } from '@seams/call';
import type { Policy } from '@seams/resilience';
import { inSpan, SpanKind } from '@seams/telemetry';
import { get, type Silence } from './ops-http-client.ts';

/** Was anything lost, as of now? */
export interface Auditor {
  /** The report, as the auditor gave it. `waitS`: how many seconds analytics may take to count what is published. */
  audit(ctx: CallContext, request: { readonly waitS: number }): Promise<unknown>;
}

const SILENCE: Silence = { unavailable: 'audit_unavailable', tooSlow: 'audit_too_slow', who: 'The auditor' };

/** An audit reads and changes nothing, so whatever breaks, it was not done. */
export const auditorOver = (url: string | undefined, policy: Policy): Auditor => ({
  audit: (ctx, { waitS }) =>
    policy.run(ctx, { repeatable: true }, async (attempt) => {
      if (url === undefined)
        throw new Failure('unavailable', SILENCE.unavailable, 'This system runs without an auditor.');
      const { status, text } = await inSpan('GET /audit', { kind: SpanKind.CLIENT }, () =>
        get(attempt, `${url}/audit?wait=${waitS}`, SILENCE),
      );
      if (status === 200) return JSON.parse(text) as unknown;
      const { reason, detail } = JSON.parse(text) as { reason: string; detail: string };
      if (status === 503) throw new Failure('unavailable', reason, detail);
      if (status === 504) throw new Failure('timed_out', reason, detail);
      throw new Error(`the auditor answered ${status} ${reason}`);
    }),
});
