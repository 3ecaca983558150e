import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '@seams/lifecycle';
import { singleEnvironmentOf } from '../../tools/environment.ts';
import { readConfig } from './config.ts';

const env = singleEnvironmentOf(
  { host: '127.0.0.1', offset: 100, single: true },
  { postgresPasswords: { storage: 's', auth: 'a', analytics: 'n' } },
);

const wrong = (change: Record<string, string | undefined>): string[] => {
  try {
    readConfig({ ...env, ...change });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message.split('\n');
  }
};

describe('the environment of one process', () => {
  it('gives each service its own database and what is for all', () => {
    const { gateway, auth, businessLogic, storage, analytics, ...own } = readConfig(env);
    expect([auth, storage, analytics].map(({ POSTGRES_URL }) => new URL(POSTGRES_URL).username)).toEqual([
      'auth',
      'storage',
      'analytics',
    ]);
    for (const part of [gateway, auth, businessLogic, storage, analytics])
      expect(part).toMatchObject({ SEAMS_PROCESS: 'single', OPS_PORT: 8_291, REQUEST_MS_MAX: 2_000, SEAMS_LABS: 'on' });
    expect(own).toMatchObject({ SEAMS_PROCESS: 'single', OPS_PORT: 8_291 });
    expect(gateway).toMatchObject({ HTTP_PORT: 8_180, TRUST_FORWARDED_FOR: 'off' });
    expect(businessLogic).toMatchObject({ STORAGE_ATTEMPTS_MAX: 2, CALLER_WAITS_MS: 1_800 });
  });

  it('is for one service alone where its name and two underscores say so', () => {
    const { storage, analytics } = readConfig({ ...env, STORAGE__POSTGRES_CONNECTIONS_MAX: '31' });
    expect([storage.POSTGRES_CONNECTIONS_MAX, analytics.POSTGRES_CONNECTIONS_MAX]).toEqual([31, 8]);
  });

  it('is refused with every line that is wrong, and the service that says so', () => {
    expect(wrong({})).toEqual([]);
    expect(wrong({ STORAGE__POSTGRES_URL: '', HASHES_AT_ONCE_MAX: '4' }).sort()).toEqual([
      expect.stringMatching(/^auth: HASHES_AT_ONCE_MAX: /),
      expect.stringMatching(/^storage: POSTGRES_URL: /),
    ]);
    expect(wrong({ STORAGE_BUDGET_MS: '876' })).toEqual([
      expect.stringMatching(/^business-logic: STORAGE_BUDGET_MS: 876 × /),
    ]);
    expect(wrong({ OPS_PORT: undefined })).toHaveLength(5);
  });
});
