/** A lab, and behind it the corrections of what its naive part broke. One that fails is healed first: tools/system/heal-at-end.ts. */
import type { Finding, Lab, Options } from '../../labs/lab.ts';
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
  const finding = await lab.run(system, say, options);
  const corrected = await reconcile(system, lab.name);
  if (corrected.length > 0) say();
  for (const line of corrected) say(`corrected  ${line}`);
  return finding;
}
