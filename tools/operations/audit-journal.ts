/**
 * The audit with a client's journal, in a cluster: run in the auditor's pod, whose environment it uses, with the journal
 * on standard input. The report comes on standard output; exit code 1 when it could not be done.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { audit } from '../../audit/audit.ts';
import { postgresUrlOf, required } from '../infrastructure/auditor/environment.ts';

const AUDIT_WAIT_MS = 20_000;

async function standardInput(): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of process.stdin) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

const folder = mkdtempSync(path.join(tmpdir(), 'journal-'));
try {
  const journalFile = path.join(folder, 'journal.jsonl');
  const journal = await standardInput();
  if (journal !== '') writeFileSync(journalFile, journal);
  const report = await audit(
    {
      url: required('API_URL'),
      brokers: required('KAFKA_BROKERS').split(','),
      storageUrl: postgresUrlOf('STORAGE_URL'),
      analyticsUrl: postgresUrlOf('ANALYTICS_URL'),
      operator: { email: required('OPERATOR_EMAIL'), password: required('OPERATOR_PASSWORD') },
    },
    {
      waitMs: AUDIT_WAIT_MS,
      ...(journal === '' ? {} : { journalFile }),
      progress: (doing) => console.error(`  ${doing}`),
    },
  );
  console.log(JSON.stringify(report));
} catch (error) {
  console.error(`audit: could not be done: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
