/**
 * Every way in which a request can fail, in one table. `kind` is for machines that retry, `reason` for programs
 * that branch, `message` for people.
 *
 * The gRPC numbers are those of the canonical list (google.rpc.Code); HTTP numbers follow its mapping, but for
 * `rejected` (409: the request was well formed, the world said no) and `mismatch` (422, as
 * draft-ietf-httpapi-idempotency-key-header asks for a key that comes back with other content).
 *
 * `outcome` is the reply contract: a `refused` request had no effect and never will, a `not_done` one had no effect and
 * may be tried again, an `unknown` one may have had its effect, so repeat it with its own key.
 */
export const FAILURES = {
  invalid: { grpc: 3, http: 400, outcome: 'refused', retry: 'never' },
  anonymous: { grpc: 16, http: 401, outcome: 'refused', retry: 'never' },
  forbidden: { grpc: 7, http: 403, outcome: 'refused', retry: 'never' },
  not_found: { grpc: 5, http: 404, outcome: 'refused', retry: 'never' },
  rejected: { grpc: 9, http: 409, outcome: 'refused', retry: 'never' },
  mismatch: { grpc: 6, http: 422, outcome: 'refused', retry: 'never' },
  conflict: { grpc: 10, http: 409, outcome: 'not_done', retry: 'from_the_start' },
  overloaded: { grpc: 8, http: 429, outcome: 'not_done', retry: 'after_backoff' },
  unavailable: { grpc: 14, http: 503, outcome: 'not_done', retry: 'after_backoff' },
  timed_out: { grpc: 4, http: 504, outcome: 'unknown', retry: 'if_idempotent' },
  cancelled: { grpc: 1, http: 499, outcome: 'unknown', retry: 'never' },
  bug: { grpc: 13, http: 500, outcome: 'unknown', retry: 'never' },
} as const satisfies Record<
  string,
  {
    grpc: number;
    http: number;
    outcome: 'refused' | 'not_done' | 'unknown';
    retry: 'never' | 'from_the_start' | 'after_backoff' | 'if_idempotent';
  }
>;

export type FailureKind = keyof typeof FAILURES;

export function isFailureKind(text: string): text is FailureKind {
  return Object.hasOwn(FAILURES, text);
}

export interface FailureOptions extends ErrorOptions {
  /** Whoever repeats it sooner is refused again. */
  readonly retryAfterMs?: number | undefined;
  /** The dependency that failed, for example "storage": whoever only passes its failure on is well. */
  readonly at?: string | undefined;
}

/** The one error class. Thrown by use cases and adapters, turned into a status by the edges. */
export class Failure extends Error {
  readonly kind: FailureKind;
  /** snake_case, stable, documented in docs/failures.md. */
  readonly reason: string;
  readonly retryAfterMs: number | undefined;
  readonly at: string | undefined;

  constructor(kind: FailureKind, reason: string, message = reason.replaceAll('_', ' '), options?: FailureOptions) {
    super(message, options);
    this.name = 'Failure';
    this.kind = kind;
    this.reason = reason;
    this.retryAfterMs = options?.retryAfterMs;
    this.at = options?.at;
  }

  /** The same, of this dependency; what failed further below keeps its own. */
  of(dependency: string): Failure {
    const { kind, reason, message, retryAfterMs } = this;
    if (this.at !== undefined) return this;
    return new Failure(kind, reason, message, { cause: this.cause ?? this, retryAfterMs, at: dependency });
  }

  /** Anything thrown that is not a Failure is a mistake of ours: a bug, whose text stays inside. */
  static from(thrown: unknown): Failure {
    if (thrown instanceof Failure) return thrown;
    return new Failure('bug', 'unexpected', 'Something went wrong on our side.', { cause: thrown });
  }
}
