import { type CallContext, Failure, type FailureKind } from '@seams/call';
import type { Policy } from '@seams/resilience';
import { type Silence, send } from './ops-http-client.ts';

/** Whoever runs labs, and breaks and heals processes. */
export interface LabRunner {
  ask(ctx: CallContext, question: LabQuestion): Promise<unknown>;
}

export interface LabQuestion {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: object;
}

const SILENCE: Silence = {
  unavailable: 'lab_runner_unavailable',
  tooSlow: 'lab_runner_unavailable',
  who: 'The lab runner',
};

const KIND_OF: Readonly<Record<number, FailureKind>> = { 400: 'invalid', 404: 'not_found', 503: 'unavailable' };
/** In no state for it, for good; what else is 409 passes, when a lab or a plan ends. */
const FOR_GOOD = 'not_possible';

export const labRunnerOver = (url: string | undefined, policy: Policy): LabRunner => ({
  ask: (ctx, { method, path, body }) => {
    // Not here, rather than forbidden: nobody may do it here, whoever they are.
    if (url === undefined)
      throw new Failure(
        'not_found',
        'no_labs_here',
        'There are labs only where SEAMS_LABS=on and processes can be broken.',
      );
    return policy.run(ctx, { repeatable: method === 'GET' }, async (attempt) => {
      const question = { method, url: url + path, ...(body ? { body: JSON.stringify(body) } : {}) };
      const { status, text } = await send(attempt, question, SILENCE);
      const answer = JSON.parse(text) as { reason: string; detail: string };
      if (status < 300) return answer;
      const { reason, detail } = answer;
      const kind = status === 409 ? (reason === FOR_GOOD ? 'rejected' : 'conflict') : KIND_OF[status];
      if (kind) throw new Failure(kind, reason, detail);
      throw new Error(`the lab runner answered ${status} ${reason}`);
    });
  },
});
