/** Reads and writes numbers, durations and times as Go's standard library does: Jaeger's requests and messages have this form. */

/** A parameter that Go would not read. The message is Go's. */
export class NotParsed extends Error {}

const INT64_MAX = 2n ** 63n - 1n;

/** strconv.ParseInt(value, 10, bits). */
export function parseInteger(value: string, bits: 32 | 64 = 64): bigint {
  if (!/^[+-]?\d+$/.test(value)) throw new NotParsed(`strconv.ParseInt: parsing ${quoted(value)}: invalid syntax`);
  const number = BigInt(value.replace(/^\+/, ''));
  const max = 2n ** BigInt(bits - 1) - 1n;
  if (number > max || number < -max - 1n)
    throw new NotParsed(`strconv.ParseInt: parsing ${quoted(value)}: value out of range`);
  return number;
}

export function parseBoolean(value: string): boolean {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(value)) return true;
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(value)) return false;
  throw new NotParsed(`strconv.ParseBool: parsing ${quoted(value)}: invalid syntax`);
}

/** Hex of up to 16 digits: one half of a trace id. */
export function parseHex64(value: string): string {
  if (!/^[0-9a-fA-F]+$/.test(value)) throw new NotParsed(`strconv.ParseUint: parsing ${quoted(value)}: invalid syntax`);
  return value.toLowerCase().padStart(16, '0');
}

const NANOS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3_600e9,
};

/** time.ParseDuration, in nanoseconds: "1.5s", "1h30m", "-200ms", "0". */
export function parseDuration(value: string): number {
  const invalid = new NotParsed(`time: invalid duration ${quoted(value)}`);
  const [, sign, digits] = /^([+-]?)(.*)$/su.exec(value) as unknown as [string, string, string];
  if (digits === '0') return 0;
  if (digits === '') throw invalid;
  let nanos = 0;
  let rest = digits;
  while (rest !== '') {
    const [all, amount] = /^(\d+\.?\d*|\.\d+)/.exec(rest) ?? [];
    if (all === undefined) throw invalid;
    rest = rest.slice(all.length);
    const [unit = ''] = /^[^\d.]+/u.exec(rest) ?? [];
    if (unit === '') throw new NotParsed(`time: missing unit in duration ${quoted(value)}`);
    const scale = NANOS[unit];
    if (scale === undefined) throw new NotParsed(`time: unknown unit ${quoted(unit)} in duration ${quoted(value)}`);
    nanos += Math.trunc(Number(amount) * scale);
    rest = rest.slice(unit.length);
  }
  if (nanos > Number(INT64_MAX)) throw invalid;
  return sign === '-' ? -nanos : nanos;
}

/** Duration.String(): "1m0.5s", "-4.975s", "1.5ms", "20µs". */
export function durationText(nanos: number): string {
  if (nanos === 0) return '0s';
  const sign = nanos < 0 ? '-' : '';
  const size = Math.abs(nanos);
  if (size < 1e3) return `${sign}${size}ns`;
  if (size < 1e6) return `${sign}${fraction(size, 3)}µs`;
  if (size < 1e9) return `${sign}${fraction(size, 6)}ms`;
  const minutes = Math.floor(size / 60e9);
  const seconds = `${fraction(size - minutes * 60e9, 9)}s`;
  if (minutes === 0) return `${sign}${seconds}`;
  return minutes < 60
    ? `${sign}${minutes}m${seconds}`
    : `${sign}${Math.floor(minutes / 60)}h${minutes % 60}m${seconds}`;
}

/** Time.String() in UTC: "2026-11-30 20:26:36.995 +0000 UTC". */
export function timeText(nanos: bigint): string {
  const [date, time] = new Date(Number(nanos / 1_000_000_000n) * 1_000).toISOString().slice(0, 19).split('T');
  const part = (nanos % 1_000_000_000n).toString().padStart(9, '0').replace(/0+$/, '');
  return `${date} ${time}${part ? `.${part}` : ''} +0000 UTC`;
}

/** A whole number divided by 10 to `digits`, without zeros at its end. */
function fraction(value: number, digits: number): string {
  const text = String(value).padStart(digits + 1, '0');
  const part = text.slice(-digits).replace(/0+$/, '');
  return part ? `${text.slice(0, -digits)}.${part}` : text.slice(0, -digits);
}

/** Go quotes what a client sent; a message stays short. */
const quoted = (value: string): string => JSON.stringify(value.slice(0, 64));
