/**
 * `headless:NAME:PORT`: a gRPC target whose replicas are the addresses of a headless Service, asked of DNS every second.
 * The `dns:` of grpc-js asks again only when a connection breaks, and then at most every 30 s: a replica that was added
 * got no call, and after the kill of the only replica its callers were without one for half a minute although DNS knew
 * the next. NAME is the full name: c-ares, which needs no thread for a question, knows no search list.
 */
import dns from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { experimental, Metadata, status } from '@grpc/grpc-js';

export const HEADLESS_SCHEME = 'headless';

/** Behind a cluster's DNS, which itself is some seconds behind: more often would tell nothing new. */
const ASK_EVERY_MS = 1_000;
const ANSWER_MS_MAX = 1_000;

type Answer = Parameters<experimental.ResolverListener>[0];

class HeadlessService implements experimental.Resolver {
  readonly #name: string;
  readonly #port: number | undefined;
  readonly #listener: experimental.ResolverListener;
  readonly #resolver = new Resolver({ timeout: ANSWER_MS_MAX, tries: 1 });
  #timer: NodeJS.Timeout | undefined;
  #asking = false;
  /** What the channel was told last; undefined before the first time. */
  #told: string | undefined;
  /** Only an answer to a question since the last destroy() counts. */
  #life = 0;

  constructor(target: experimental.GrpcUri, listener: experimental.ResolverListener) {
    const { host, port } = experimental.splitHostPort(target.path) ?? { host: target.path };
    this.#name = host;
    this.#port = port;
    this.#listener = listener;
    // Those of the process, which a test may have set; a named import would not see that.
    this.#resolver.setServers(dns.getServers());
  }

  /** With mTLS this is the name that a replica's certificate must carry. */
  static getDefaultAuthority(target: experimental.GrpcUri): string {
    return experimental.splitHostPort(target.path)?.host ?? target.path;
  }

  updateResolution(): void {
    // It does not keep a process alive that wants to end.
    this.#timer ??= setInterval(() => this.#ask(), ASK_EVERY_MS).unref();
    this.#ask();
  }

  destroy(): void {
    this.#life += 1;
    this.#told = undefined;
    this.#asking = false;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#resolver.cancel();
  }

  #ask(): void {
    if (this.#asking) return;
    this.#asking = true;
    const life = this.#life;
    void this.#addresses()
      .then(
        (addresses) => this.#named(addresses),
        (error: Error) => this.#unknown(error.message),
      )
      .then(({ key, answer }) => {
        if (life !== this.#life) return;
        this.#asking = false;
        if (key === this.#told) return;
        this.#told = key;
        this.#listener(answer, {}, null, '');
      });
  }

  async #addresses(): Promise<string[]> {
    try {
      return await this.#resolver.resolve4(this.#name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENODATA') throw error;
      return this.#resolver.resolve6(this.#name);
    }
  }

  #named(addresses: string[]): { key: string; answer: Answer } {
    const port = this.#port;
    if (port === undefined) return this.#unknown('it has no port');
    // Sorted: DNS servers turn the order with each answer, and nobody moved.
    const hosts = addresses.sort();
    return { key: hosts.join(), answer: { ok: true, value: hosts.map((host) => ({ addresses: [{ host, port }] })) } };
  }

  /** A channel that has addresses keeps them while DNS is down; one that has none refuses its calls with this text. */
  #unknown(why: string): { key: string; answer: Answer } {
    const details = `Name resolution failed for the headless Service ${this.#name}: ${why}`;
    return {
      key: `! ${details}`,
      answer: { ok: false, error: { code: status.UNAVAILABLE, details, metadata: new Metadata() } },
    };
  }
}

export const registerHeadlessServices = (): void => experimental.registerResolver(HEADLESS_SCHEME, HeadlessService);
