import { type Algorithm, hash, verify } from '@node-rs/argon2';
import type { CallContext } from '@seams/call';
import { passwordBulkhead } from './password-bulkhead.ts';

export interface Passwords {
  hash(ctx: CallContext, password: string): Promise<string>;
  /** Without a hash to compare with it does the same work and says no. */
  verify(ctx: CallContext, stored: string | undefined, password: string): Promise<boolean>;
}

const ARGON2ID: Algorithm = 2; // a const enum has no value at run time
/** The least that OWASP's password storage cheat sheet asks for: 19 MiB, 2 passes, 1 lane. About 15 ms here. */
const COSTS = { algorithm: ARGON2ID, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** The same letters give the same bytes, whether a keyboard sends é as one character or as two. */
const bytesOf = (password: string): string => password.normalize('NFC');

/** For migrations, which nobody waits for; the service goes through openPasswords. */
export const hashPassword = (password: string): Promise<string> => hash(bytesOf(password), COSTS);

/** argon2 holds a thread of libuv while it runs, and 19 MiB: so a few at once, and too many are refused. */
export async function openPasswords(limits: {
  readonly hashesAtOnceMax: number;
  readonly hashesWaitingMax: number;
  /** Any text that nobody can know. */
  readonly nobodysPassword: string;
}): Promise<Passwords> {
  const runHash = passwordBulkhead({ atOnceMax: limits.hashesAtOnceMax, queueMax: limits.hashesWaitingMax });
  const nobodysHash = await hashPassword(limits.nobodysPassword);
  return {
    hash: (ctx, password) => runHash(ctx, () => hashPassword(password)),
    verify: async (ctx, stored, password) => {
      const right = await runHash(ctx, () => verify(stored ?? nobodysHash, bytesOf(password)));
      return stored !== undefined && right;
    },
  };
}
