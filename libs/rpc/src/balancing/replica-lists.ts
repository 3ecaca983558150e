/**
 * `replicas:/path/to/list`: a gRPC target whose replicas stand in a file, one host:port a line, as a headless Service's
 * DNS name lists them in a cluster. DNS has no ports, and on one machine the ports are what tells replicas apart. The
 * file is replaced as a whole by whoever adds or removes a replica; a channel follows without being opened again.
 */
import { type FSWatcher, readFile, watch } from 'node:fs';
import path from 'node:path';
import { experimental, Metadata, status } from '@grpc/grpc-js';
import { registerHeadlessServices } from './headless.ts';

export const REPLICAS_SCHEME = 'replicas';

/** A change is seen at once where the system tells of changes (inotify and the like), and after this long everywhere. */
const LOOK_EVERY_MS = 1_000;

type Answer = Parameters<experimental.ResolverListener>[0];

class ReplicaList implements experimental.Resolver {
  readonly #file: string;
  readonly #listener: experimental.ResolverListener;
  #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** What the channel was told last; undefined before the first time. */
  #told: string | undefined;
  /** Only the latest look counts: an older one may end later, or after destroy(). */
  #looks = 0;

  constructor(target: experimental.GrpcUri, listener: experimental.ResolverListener) {
    this.#file = target.path;
    this.#listener = listener;
  }

  /** With mTLS this is the name that a replica's certificate must carry: the service's, not the file's path. */
  static getDefaultAuthority(target: experimental.GrpcUri): string {
    return path.basename(target.path);
  }

  updateResolution(): void {
    if (this.#timer === undefined) {
      // Neither keeps a process alive that wants to end.
      this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS).unref();
    }
    this.#look();
  }

  destroy(): void {
    this.#looks += 1;
    this.#told = undefined;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#unwatch();
  }

  #look(): void {
    this.#watch();
    const look = ++this.#looks;
    readFile(this.#file, 'utf8', (error, text) => {
      if (look === this.#looks) this.#tell(error ? unreadable(this.#file, error.message) : read(this.#file, text));
    });
  }

  #tell({ key, answer }: Reading): void {
    if (key === this.#told) return;
    this.#told = key;
    this.#listener(answer, {}, null, '');
  }

  /** The folder, for the file itself is replaced. Without a watch (no folder yet, no inotify left) the timer looks. */
  #watch(): void {
    if (this.#watcher) return;
    try {
      const name = path.basename(this.#file);
      this.#watcher = watch(path.dirname(this.#file), { persistent: false }, (_, changed) => {
        if (changed === null || changed === name) this.#look();
      });
      this.#watcher.on('error', () => this.#unwatch());
    } catch {
      this.#watcher = undefined;
    }
  }

  #unwatch(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
  }
}

interface Reading {
  /** Equal for equal answers. */
  readonly key: string;
  readonly answer: Answer;
}

function read(file: string, text: string): Reading {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const endpoints: experimental.Endpoint[] = [];
  for (const line of lines) {
    const address = experimental.splitHostPort(line.trim());
    if (address?.port === undefined) return unreadable(file, `"${line}" is not host:port`);
    endpoints.push({ addresses: [{ host: address.host, port: address.port }] });
  }
  // Told as an empty answer, round_robin of grpc-js 1.14.7 lets calls wait until their deadline.
  if (lines.length === 0) return unreadable(file, 'it names nobody');
  return { key: lines.join('\n'), answer: { ok: true, value: endpoints } };
}

/** A channel that has a list keeps it, as it would when DNS is down; one that has none refuses its calls with this text. */
function unreadable(file: string, why: string): Reading {
  const details = `Name resolution failed for the list of replicas ${file}: ${why}`;
  return {
    key: `! ${details}`,
    answer: { ok: false, error: { code: status.UNAVAILABLE, details, metadata: new Metadata() } },
  };
}

let registered = false;

/** `replicas:` and `headless:`, once per process; openChannel does it. */
export function registerReplicaLists(): void {
  if (registered) return;
  registered = true;
  registerHeadlessServices();
  experimental.registerResolver(REPLICAS_SCHEME, ReplicaList);
}
