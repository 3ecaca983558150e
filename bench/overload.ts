/**
 * `npm run bench:overload`: what is left of the orders per second at five times the peak. docs/overload.md.
 *
 *   node bench/overload.ts [--data FOLDER] [--seconds 30] [--times 5] [--clients 8,16,32] [--json]
 */
import '../tools/system/program.ts';

import path from 'node:path';
import { audit } from '../audit/audit.ts';
import { auditedSystem } from '../tools/system/audited.ts';
import { command } from '../tools/system/command.ts';
import { runningSystem } from '../tools/system/running.ts';
import { dataDirOf } from '../tools/system/user-paths.ts';
import { measureOverload, type Overload } from './measure-overload.ts';
import { amount, aSwitch, counts, folder, optionsOf } from './options.ts';
import { cpuMsOf } from './spent.ts';
import { Traffic } from './traffic.ts';

const values = optionsOf('What a running system does with several times its peak (npm start first).', {
  data: folder(dataDirOf(undefined)),
  seconds: amount('30'),
  times: amount('5'),
  clients: counts('8,16,32'),
  json: aSwitch,
});
const CUSTOMERS = 40;
const ORDERS_EACH = 1_500;
const AUDIT_WAIT_MS = 30_000;

function show(result: Overload): void {
  const { peakPerS, calm, askedPerS, goodputPerS, goodputShare, overload, neverShed, after } = result;
  console.log(
    `\npeak ${peakPerS} orders/s (closed loop), ${calm.doneMs.p50} / ${calm.doneMs.p99} ms at half of it (p50 / p99)`,
  );
  console.log(`asked ${askedPerS}/s, done ${goodputPerS}/s: ${goodputShare} of the peak`);
  console.log('\ncores        at the peak  at the overload');
  for (const [name, cores] of Object.entries(result.cores.overload))
    console.log(`${name.padEnd(18)} ${String(result.cores.peak[name] ?? 0).padStart(5)} ${String(cores).padStart(16)}`);
  console.log('\nclass      asked    done    shed  other   done p50/p99 ms   shed p50/p99 ms');
  for (const [kind, { asked, done, shed, other, doneMs, shedMs }] of Object.entries(overload)) {
    const others = Object.values(other).reduce((sum, count) => sum + count, 0);
    const columns = [asked, done, shed].map((count) => String(count).padStart(7)).join(' ');
    const ms = [doneMs, shedMs].map(({ p50, p99 }) => `${p50} / ${p99}`.padStart(17)).join(' ');
    console.log(
      `${kind.padEnd(8)} ${columns} ${String(others).padStart(6)} ${ms}  ${others > 0 ? JSON.stringify(other) : ''}`,
    );
  }
  for (const [what, { ok, notOk, msMax }] of Object.entries(neverShed))
    console.log(
      `${what}: ${ok} answered, ${notOk.length} not, the slowest in ${msMax} ms${notOk.map((answer) => `\n  ${answer}`).join('')}`,
    );
  const { count, p50, p99 } = result.idleRefusals;
  console.log(`${count} refusals with the machine idle: ${p50} / ${p99} ms`);
  console.log(`normal ${result.normalAfterS} s after; then ${after.doneMs.p50} / ${after.doneMs.p99} ms`);
}

await command(async () => {
  const running = await runningSystem(values.data);
  const system = auditedSystem(running);
  const journalFile = path.join(running.dataDir, 'loads', `overload-${Date.now()}.jsonl`);
  const say = (line: string): void => console.error(line);
  const traffic = await Traffic.on(running, { journalFile, customers: CUSTOMERS, ordersEach: ORDERS_EACH });
  const result = await measureOverload(traffic, {
    url: running.url,
    clients: values.clients,
    peakSeconds: 5,
    calmSeconds: 12,
    overloadSeconds: values.seconds,
    times: values.times,
    held: 120,
    cpuMs: () => cpuMsOf(running),
    say,
  });
  traffic.close();
  const report = await audit(system, { waitMs: AUDIT_WAIT_MS, journalFile, progress: say });
  if (values.json) console.log(JSON.stringify({ ...result, audit: report }));
  else {
    show(result);
    console.log(report.verdict);
  }
  process.exitCode = report.clean ? 0 : 1;
});
