/** A lab, with the check that its faults have fired, and behind it the corrections of what its naive part broke. One that fails is healed first: tools/system/heal-at-end.ts. */
import { faultsFired, notingFaults } from '../../labs/fired.ts';
import type { Finding, Lab, Options } from '../../labs/lab.ts';
import { tracesOf } from '../../labs/traces.ts';
import { COUNTED_MS_MAX } from '../../labs/verdict.ts';
import { reconcile } from '../system/reconcile.ts';
import type { Running } from '../system/running.ts';

export async function runAndCorrect(
  lab: Lab,
  system: Running,
  say: (line?: string) => void,
  options: Options,
): Promise<Finding> {
  // What a lab left behind that was killed is not this one's.
  for (const line of await reconcile(system)) say(`corrected  ${line}, left by an earlier run`);
  const traces = await tracesOf(system);
  const { result: finding, requests } = await notingFaults(() => lab.run(system, say, options));
  const notFired = await faultsFired(requests, { traces, workMsMax: COUNTED_MS_MAX });
  const corrected = await reconcile(system, lab.name);
  if (corrected.length > 0) say();
  for (const line of corrected) say(`corrected  ${line}`);
  return { ...finding, expectations: [...finding.expectations, ...notFired] };
}
