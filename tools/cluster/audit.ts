/** `npm run cluster:audit`: was anything lost? Asked of the auditor in the cluster, who alone may read every store. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { tableOf } from '../../audit/show.ts';
import { type AuditReport, COULD_NOT_LOOK, exitCodeOf } from '../../audit/verdict.ts';
import { fromUser } from '../system/user-paths.ts';
import { RELEASE } from './kube.ts';
import type { Place } from './place.ts';
import { type ClusterSystem, installedSystem } from './system.ts';

const AUDIT_MS_MAX = 120_000;

/** In the auditor's pod, with its environment: a client's journal is on standard input, and no store is opened to us. */
export async function auditWith({ kube }: ClusterSystem, journal: string): Promise<AuditReport> {
  const program = ['node', '--disable-warning=TimeoutNegativeWarning', 'tools/operations/audit-journal.ts'];
  const args = ['exec', '-i', `deployment/${RELEASE}-auditor`, '--', ...program];
  return JSON.parse(await kube.in(args, { input: journal, msMax: AUDIT_MS_MAX })) as AuditReport;
}

export async function auditCluster(place: Place, args: readonly string[]): Promise<boolean> {
  const { values } = parseArgs({ args: [...args], options: { journal: { type: 'string' } } });
  console.log(`auditing the system (${place.name}): was anything lost?`);
  const system = await installedSystem(place);
  const file = values.journal === undefined ? undefined : fromUser(values.journal);
  const journal = file === undefined ? '' : readFileSync(file, 'utf8');
  const report = await auditWith(system, journal).catch((error: unknown) => {
    process.exitCode = COULD_NOT_LOOK;
    throw error;
  });
  for (const line of tableOf(report)) console.log(line);
  process.exitCode = exitCodeOf(report);
  return report.clean;
}
