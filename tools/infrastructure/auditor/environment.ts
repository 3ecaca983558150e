import { connectionUrl } from '../../../libs/postgres/src/connection-url.ts';

export function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`the environment has no ${name}`);
  return value;
}

/** STORAGE_URL with STORAGE_URL_PASSWORD in it, where the chart gives the password beside the URL. */
export const postgresUrlOf = (name: 'STORAGE_URL' | 'ANALYTICS_URL'): string =>
  connectionUrl(required(name), process.env[`${name}_PASSWORD`]);
