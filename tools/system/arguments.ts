/** The command line of `npm start`. A mistake in it is one line. */
import { parseArgs } from 'node:util';
import { type Place, portsOf } from '../environment.ts';
import { blockedPorts } from './blocked-ports.ts';
import { dataDirOf } from './user-paths.ts';

export interface StartArguments {
  readonly help: boolean;
  /** Forget data and secrets of earlier runs; downloads stay. */
  readonly fresh: boolean;
  readonly dataDir: string;
  readonly place: Place;
}

export class BadArguments extends Error {}

export const HELP = `Starts Seams on this machine: Postgres, Kafka, a trace store, five services, a load balancer.

  npm start -- [options]

  --single          all services in one process, without a load balancer (npm run start:single)
  --fresh           forget the data and passwords of earlier runs (downloads stay)
  --port N          the load balancer's port                      (8080)
  --trace-port N    the port of the traces' query API            (16686)
  --offset N        move every port up by N, so that two systems fit on one machine
  --data DIR        where data, logs and downloads go            (.seams)
  --help            this text

Everything listens on 127.0.0.1 only. Ctrl-C or npm stop stops everything; the next start finds the old data.
JAVA_HOME names the Java (≥ 17) for Kafka, SEAMS_JAEGER a Jaeger binary, SEAMS_CACHE another folder for downloads.
`;

const PORT_MAX = 65_535;
const HOST = '127.0.0.1';

export function readStartArguments(args: readonly string[], checkout: string): StartArguments {
  const { values } = parsed(args, {
    single: { type: 'boolean' },
    fresh: { type: 'boolean' },
    port: { type: 'string' },
    'trace-port': { type: 'string' },
    offset: { type: 'string' },
    data: { type: 'string' },
    help: { type: 'boolean' },
  });
  const port = numberOf('--port', values.port, 1);
  const tracePort = numberOf('--trace-port', values['trace-port'], 1);
  const place: Place = {
    host: HOST,
    offset: numberOf('--offset', values.offset, 0) ?? 0,
    ...(port === undefined ? {} : { loadBalancerPort: port }),
    ...(tracePort === undefined ? {} : { traceQueryPort: tracePort }),
    ...(values.single ? { single: true } : {}),
  };
  refuseImpossiblePorts(place);
  return { help: values.help ?? false, fresh: values.fresh ?? false, dataDir: dataDirIn(values.data, checkout), place };
}

export const STATUS_HELP = `What runs: every process, its state and memory.

  npm run status -- [options]

  --data DIR        the data folder that the system was started with   (.seams)
  --json            the same for programs
  --help            this text
`;

export interface StatusArguments {
  readonly help: boolean;
  readonly dataDir: string;
  readonly json: boolean;
}

export function readStatusArguments(args: readonly string[], checkout: string): StatusArguments {
  const { values } = parsed(args, { data: { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean' } });
  return { help: values.help ?? false, dataDir: dataDirIn(values.data, checkout), json: values.json ?? false };
}

export const STOP_HELP = `Stops the system that npm start brought up. Its data stay for the next start.

  npm stop -- [options]

  --data DIR        the data folder that the system was started with   (.seams)
  --help            this text

The exit code is 0 when nothing runs any more, also when nothing ran before.
`;

export function readStopArguments(args: readonly string[], checkout: string): { help: boolean; dataDir: string } {
  const { values } = parsed(args, { data: { type: 'string' }, help: { type: 'boolean' } });
  return { help: values.help ?? false, dataDir: dataDirIn(values.data, checkout) };
}

type Options = Record<string, { type: 'string' | 'boolean' }>;

function parsed<T extends Options>(args: readonly string[], options: T) {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false });
  } catch (error) {
    // Node appends advice about "--" to its first sentence.
    const sentence = (error as Error).message.split(/\. |\n/)[0];
    throw new BadArguments(`${sentence}; --help lists the options`);
  }
}

function dataDirIn(value: string | undefined, checkout: string): string {
  if (value === '') throw new BadArguments('--data names no folder');
  return dataDirOf(value, checkout);
}

function numberOf(flag: string, value: string | undefined, min: number): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < min || number > PORT_MAX) {
    throw new BadArguments(`${flag} takes a whole number from ${min} to ${PORT_MAX}, not "${value}"`);
  }
  return number;
}

function refuseImpossiblePorts(place: Place): void {
  const users = new Map<number, string>();
  for (const { name, port } of portsOf(place)) {
    if (port > PORT_MAX)
      throw new BadArguments(`--offset ${place.offset} moves ${name} to port ${port}, the last is ${PORT_MAX}`);
    if (blockedPorts.has(port))
      throw new BadArguments(
        `${name} would listen on port ${port}, to which no browser goes (fetch calls it a bad port)`,
      );
    const other = users.get(port);
    if (other)
      throw new BadArguments(
        `${other} and ${name} would both listen on port ${port}: choose another --port or --trace-port`,
      );
    users.set(port, name);
  }
}
