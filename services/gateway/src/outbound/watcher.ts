import { type CallContext, Failure } from '@seams/call';
import type { Policy } from '@seams/resilience';
import { get, type Silence } from './ops-http-client.ts';

/** How is everybody, as of the last second? */
export interface Watcher {
  /** The first picture that is not the one with this number, or that one when no other comes within a second. */
  floor(ctx: CallContext, request: { readonly after: number }): Promise<unknown>;
}

const SILENCE: Silence = { unavailable: 'floor_unavailable', tooSlow: 'floor_unavailable', who: 'The watcher' };

export const watcherOver = (url: string | undefined, policy: Policy): Watcher => ({
  floor: (ctx, { after }) =>
    policy.run(ctx, { repeatable: true }, async (attempt) => {
      if (url === undefined)
        throw new Failure('unavailable', SILENCE.unavailable, 'This system runs without a watcher.');
      const { status, text } = await get(attempt, `${url}/floor?after=${after}`, SILENCE);
      if (status === 200) return JSON.parse(text) as unknown;
      throw new Failure('unavailable', SILENCE.unavailable, 'The watcher has not looked yet.');
    }),
});
