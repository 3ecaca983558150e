import { afterEach, describe, expect, it } from '@jest/globals';
import { postgresUrlOf } from './environment.ts';

const before = { ...process.env };
afterEach(() => {
  process.env = { ...before };
});

describe('where the auditor finds a database', () => {
  it('takes the password beside the URL, as the chart gives it', () => {
    process.env.STORAGE_URL = 'postgres://auditor@seams-postgres:5432/storage';
    process.env.STORAGE_URL_PASSWORD = 'p#w/%?';
    const { password, host, pathname } = new URL(postgresUrlOf('STORAGE_URL'));
    expect([decodeURIComponent(password), host, pathname]).toEqual(['p#w/%?', 'seams-postgres:5432', '/storage']);
  });

  it('takes the one in the URL where there is no other, as npm start gives it', () => {
    delete process.env.ANALYTICS_URL_PASSWORD;
    process.env.ANALYTICS_URL = 'postgres://auditor:secret@127.0.0.1:15432/analytics';
    expect(postgresUrlOf('ANALYTICS_URL')).toBe(process.env.ANALYTICS_URL);
  });
});
