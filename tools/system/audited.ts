/** A running system as an auditor sees it: everything to read, nothing to change. */
import type { AuditedSystem } from '../../audit/audit.ts';
import type { LoadedSystem } from '../../load/fired.ts';
import { auditorRole } from '../infrastructure/postgres-roles.ts';
import { readFiredFaults } from './fired-faults.ts';
import type { Running } from './running.ts';

export function auditedSystem(running: Running): AuditedSystem {
  const operator = running.demoAccounts.find(({ roles }) => roles.includes('operator'));
  if (!operator) throw new Error('there is no demo account of an operator');
  return {
    url: running.url,
    brokers: [running.kafkaBroker],
    storageUrl: running.postgresUrl(auditorRole, 'storage'),
    analyticsUrl: running.postgresUrl(auditorRole, 'analytics'),
    operator,
  };
}

/** The same for a load, which also asks each process whether faults fired in it. */
export const loadedSystem = (running: Running): LoadedSystem => ({
  ...auditedSystem(running),
  readFiredFaults: () => readFiredFaults(running.dataDir),
});
