import { type CallContext, Failure, isFailureKind } from '@seams/call';
import {
  type CommitTopUpRequest,
  type CommitTopUpResponse,
  commitTopUpResponse,
  type RequestKey,
  type TopUp,
} from '@seams/contracts';
import type { Db } from '@seams/postgres';
import { once } from '../idempotency/once.ts';
import { writeTopUp } from './wallet-store.ts';

/** Credits a wallet once per key, or records the refusal. */
export const commitTopUpWith = (db: Db) =>
  async function commitTopUp(ctx: CallContext, request: CommitTopUpRequest): Promise<CommitTopUpResponse> {
    const { key } = request;
    if (!key) throw new Failure('invalid', 'key_missing');

    const { answer, replayed } = await once(db, ctx, {
      key,
      effect: async (tx) => {
        const topUp = acceptedTopUp(request, key);
        const balanceCents = await writeTopUp(tx, key, topUp);
        return commitTopUpResponse.encode({ topUp: { ...topUp, balanceCents }, replayed: false });
      },
    });
    return { ...commitTopUpResponse.decode(answer), replayed };
  };

function acceptedTopUp({ accepted, refused }: CommitTopUpRequest, key: RequestKey): TopUp {
  if (refused) throw new Failure(isFailureKind(refused.kind) ? refused.kind : 'bug', refused.reason, refused.message);
  if (!accepted || accepted.customerId !== key.customerId) throw new Failure('invalid', 'decision_missing');
  return accepted;
}
