/**
 * The gateways as a file lists them, one "name=host:port/opsPort" a line. Whoever adds or removes one replaces the file
 * as a whole, and the load balancer follows. A file that is away, empty or wrong changes nothing: the last good one counts.
 */
import { type FSWatcher, readFileSync, watch } from 'node:fs';
import path from 'node:path';
import type { Address, Log } from './gateways.ts';

export interface GatewayList {
  readonly now: readonly Address[];
  onChange(listener: (gateways: readonly Address[]) => void): void;
  close(): void;
}

/** A change is seen at once where the system tells of changes, and after this long everywhere. */
const LOOK_EVERY_MS = 1_000;

/** @throws Error when there is no good list to begin with */
export function followGateways(file: string, log: Log): GatewayList {
  let text = readFileSync(file, 'utf8');
  let now = addressesIn(text);
  let refused = '';
  let listener: (gateways: readonly Address[]) => void = () => {};

  const look = (): void => {
    try {
      const read = readFileSync(file, 'utf8');
      if (read === text) return;
      now = addressesIn(read);
      text = read;
      refused = '';
      listener(now);
    } catch (error) {
      const { message } = error as Error;
      if (message !== refused) log({ msg: 'the list of gateways is not followed', why: message });
      refused = message;
    }
  };
  const watcher = watched(path.dirname(file), look, log);
  const timer = setInterval(look, LOOK_EVERY_MS);
  return {
    get now() {
      return now;
    },
    onChange(then) {
      listener = then;
    },
    close() {
      watcher?.close();
      clearInterval(timer);
    },
  };
}

/** The folder, for the file itself is replaced. Without a watch (no inotify left) the timer looks. */
function watched(folder: string, look: () => void, log: Log): FSWatcher | undefined {
  const unwatched = ({ message }: Error): void => log({ msg: 'the list of gateways is only polled', why: message });
  try {
    return watch(folder, look).on('error', unwatched);
  } catch (error) {
    unwatched(error as Error);
    return undefined;
  }
}

function addressesIn(text: string): Address[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length === 0) throw new Error('it names no gateway');
  return lines.map((line) => {
    const [, name, host, port, opsPort] = /^([^=]+)=([^:]+):(\d+)\/(\d+)$/.exec(line.trim()) ?? [];
    if (!name || !host) throw new Error(`"${line}" is not name=host:port/opsPort`);
    return { name, host, port: Number(port), opsPort: Number(opsPort) };
  });
}
