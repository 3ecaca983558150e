/** What one installation keeps to itself: passwords of the Postgres roles and of the demo accounts, made once. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { type Service, services } from '../../topology.ts';
import type { Secrets } from '../environment.ts';
import { newPassword } from '../infrastructure/postgres.ts';
import { auditorRole, superuser } from '../infrastructure/postgres-roles.ts';
import type { Folder } from './folder.ts';

export interface DemoAccount {
  readonly email: string;
  readonly password: string;
  readonly displayName: string;
  readonly roles: readonly string[];
  readonly cafeIds: readonly string[];
}

export const DEMO_ACCOUNTS: readonly Omit<DemoAccount, 'password'>[] = [
  { email: 'demo@seams.example', displayName: 'Dana Demo', roles: ['customer'], cafeIds: [] },
  { email: 'staff@seams.example', displayName: 'Sam at the Harbour', roles: ['staff'], cafeIds: ['harbour'] },
  { email: 'operator@seams.example', displayName: 'Olu the Operator', roles: ['operator'], cafeIds: [] },
];

export const databases = Object.values(services).flatMap((service: Service) => service.database ?? []);

/** What the audit reads. Passwords and signing keys, in auth's database, are none of its business. */
export const auditedDatabases = [services.storage.database, services.analytics.database] as const;

export interface Installation {
  readonly secrets: Secrets;
  readonly demoAccounts: readonly DemoAccount[];
}

export function openInstallation(folder: Folder): Installation {
  // One that an older version did not know is made now; what is known stays.
  const roles = [superuser, auditorRole, ...databases.flatMap((name) => [name, `${name}_owner`])];
  const known = readJson<Secrets>(folder.secrets)?.postgresPasswords ?? {};
  const secrets: Secrets = {
    postgresPasswords: Object.fromEntries(roles.map((role) => [role, known[role] ?? newPassword()])),
  };
  writePrivately(folder.secrets, toJson(secrets));

  const demoAccounts =
    readJson<DemoAccount[]>(folder.demoAccounts) ??
    DEMO_ACCOUNTS.map((account) => ({ ...account, password: newPassword().slice(0, 16) }));
  writePrivately(folder.demoAccounts, toJson(demoAccounts));
  return { secrets, demoAccounts };
}

/** For a shell: `. .seams/demo.env`, then the README's curl lines work as printed. */
export function writeDemoEnv(
  folder: Folder,
  { demoAccounts }: Installation,
  urls: { api: string; traces: string },
): void {
  const lines = [`export SEAMS_URL=${urls.api}`, `export SEAMS_TRACES_URL=${urls.traces}`];
  for (const { email, password } of demoAccounts) {
    const prefix = email.split('@', 1)[0]?.toUpperCase();
    lines.push(`export ${prefix}_EMAIL=${email}`, `export ${prefix}_PASSWORD=${password}`);
  }
  writePrivately(folder.demoEnv, `${lines.join('\n')}\n`);
}

const toJson = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

export function readJson<T>(file: string): T | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch (error) {
    throw new Error(
      `${file} cannot be read (${(error as Error).message}): restore it, or forget everything with --fresh`,
    );
  }
}

/** Whole or not at all, and never readable by others, not even for a moment. */
export function writePrivately(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
