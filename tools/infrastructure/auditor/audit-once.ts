/**
 * One audit, for the auditor: the report on standard output and exit code 0, clean or not; why it could not be done and
 * exit code 1 otherwise. Environment: API_URL, KAFKA_BROKERS, STORAGE_URL, ANALYTICS_URL (and each with
 * _PASSWORD, where the URL has none), OPERATOR_EMAIL, OPERATOR_PASSWORD. Argument: how many seconds analytics may take. Standard input: its end ends this.
 */
import { writeSync } from 'node:fs';
import { type AuditedSystem, audit } from '../../../audit/audit.ts';
import { postgresUrlOf, required } from './environment.ts';

process.stdin.once('end', () => process.exit(1)).resume();

const system: AuditedSystem = {
  url: required('API_URL'),
  brokers: required('KAFKA_BROKERS').split(','),
  storageUrl: postgresUrlOf('STORAGE_URL'),
  analyticsUrl: postgresUrlOf('ANALYTICS_URL'),
  operator: { email: required('OPERATOR_EMAIL'), password: required('OPERATOR_PASSWORD') },
};

/** fetch says only "fetch failed"; why stands in the cause. */
function whyOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const { message, cause } = thrown;
  return cause instanceof Error && cause.message !== '' ? `${message} (${cause.message})` : message;
}

function end(code: 0 | 1, text: string): never {
  // All of it before the exit: a write of console.log may still be under way then.
  for (let rest = Buffer.from(text); rest.length > 0; rest = rest.subarray(writeSync(1, rest)));
  process.exit(code);
}

try {
  const report = await audit(system, { waitMs: Number(process.argv[2]) * 1_000, progress: () => {} });
  end(0, JSON.stringify(report));
} catch (error) {
  console.error(error);
  end(1, whyOf(error));
}
