#!/usr/bin/env bash
# cockatiel 4.0.0: when the wall clock is set back by an hour, an open breaker stays open for an hour more.
#
# Most engineers guess: `halfOpenAfter: 1_000` is a duration, so the breaker tries again one second after it opened, whatever the clock says.
# Seen: cockatiel compares Date.now() with the Date.now() of the opening. After a step back of one hour (NTP, a resumed virtual machine) a
# callee that is healthy again is refused with BrokenCircuitError long after halfOpenAfter has passed.
set -euo pipefail
top=$(mktemp -d); trap 'rm -rf "$top"' EXIT; cd "$top"
npm install --silent --no-audit --no-fund --ignore-scripts cockatiel@4.0.0
cat >try.mjs <<'JS'
import { circuitBreaker, ConsecutiveBreaker, handleAll } from 'cockatiel';
const realNow = Date.now;
const stateAfter = async (stepMs) => {
  const breaker = circuitBreaker(handleAll, { halfOpenAfter: 1_000, breaker: new ConsecutiveBreaker(1) });
  await breaker.execute(() => Promise.reject(new Error('down'))).catch(() => {});
  Date.now = () => realNow() + stepMs;
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const outcome = await breaker.execute(() => 'answered').catch((error) => error.constructor.name);
  Date.now = realNow;
  return outcome;
};
const [steady, back] = [await stateAfter(0), await stateAfter(-3_600_000)];
console.log(`1.5 s after opening, halfOpenAfter 1 s: clock steady: ${steady}; clock set back one hour: ${back}`);
process.exit(steady === 'answered' && back === 'BrokenCircuitError' ? 0 : 1);
JS
node try.mjs
