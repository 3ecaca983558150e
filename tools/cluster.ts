/**
 * Seams on Kubernetes: `npm run cluster:up`, and status, order, audit, prove, down. docs/kubernetes.md.
 *
 *   node tools/cluster.ts up | status | order | audit [--journal FILE] | prove [NAME…] | down
 *
 * Which cluster: the context that SEAMS_CONTEXT names; the kit that SEAMS_KIT names; kind, when it and Docker are there;
 * the kit beside this checkout (../shared/cluster-kit).
 */
import './system/program.ts';

import { auditCluster } from './cluster/audit.ts';
import { bringUp, takeDown } from './cluster/lifecycle.ts';
import { orderInCluster } from './cluster/order.ts';
import { findPlace, type Place } from './cluster/place.ts';
import { proveCluster } from './cluster/prove.ts';
import { showStatus } from './cluster/status.ts';
import { BuildFailed } from './system/build.ts';

const COMMANDS: Readonly<Record<string, (place: Place, args: readonly string[]) => Promise<boolean>>> = {
  up: bringUp,
  status: showStatus,
  order: orderInCluster,
  audit: auditCluster,
  prove: proveCluster,
  down: takeDown,
};

try {
  const [name = '', ...args] = process.argv.slice(2);
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command)
    throw new Error(`say what to do: one of ${Object.keys(COMMANDS).join(', ')}${name ? `, not "${name}"` : ''}`);
  if (!(await command(findPlace(), args))) process.exitCode ??= 1;
} catch (error) {
  if (error instanceof BuildFailed) for (const line of error.errors) console.error(line);
  console.error(`cluster: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode ??= 1;
}
