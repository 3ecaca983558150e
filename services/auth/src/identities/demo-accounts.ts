import { canonicalEmail } from './identity.ts';
import type { NewIdentity } from './identity-store.ts';

export interface DemoAccount {
  readonly email: string;
  readonly password: string;
  readonly displayName: string;
  readonly roles: readonly string[];
  readonly cafeIds: readonly string[];
}

export interface Ports {
  takenEmails(emailsCanonical: readonly string[]): Promise<readonly string[]>;
  hashPassword(password: string): Promise<string>;
  addIdentity(identity: NewIdentity): Promise<boolean>;
  newId(): string;
}

/**
 * Makes the accounts that do not exist yet and returns their emails. Only those are hashed, so a second start is quick.
 * One that exists stays as it is, password included: its owner may have changed it.
 */
export async function makeDemoAccounts(world: Ports, accounts: readonly DemoAccount[]): Promise<string[]> {
  const taken = new Set(await world.takenEmails(accounts.map(({ email }) => canonicalEmail(email))));
  const made: string[] = [];
  for (const { email, password, displayName, roles, cafeIds } of accounts) {
    const emailCanonical = canonicalEmail(email);
    if (taken.has(emailCanonical)) continue;
    const passwordHash = await world.hashPassword(password);
    const identity = { subject: world.newId(), email, emailCanonical, passwordHash, displayName, roles, cafeIds };
    if (await world.addIdentity(identity)) made.push(email);
  }
  return made;
}
