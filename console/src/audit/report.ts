/** GET /v1/audit, as the gateway's OpenAPI describes it. */
export interface Check {
  readonly number: number;
  readonly name: string;
  readonly verdict: 'clean' | 'breach' | 'could not look' | 'nothing to look at';
  readonly lookedAt: number;
  readonly breaches: number;
  readonly questions: readonly {
    readonly looksAt: string;
    readonly lookedAt: number;
    readonly breachesTotal: number;
    readonly breaches: readonly { readonly id: string; readonly what: string }[];
    readonly unanswered?: { readonly things: number; readonly why: string };
    readonly note?: string;
  }[];
}

/** What one run of a lab broke, and reconciliation put right. */
export interface Correction {
  readonly kind: string;
  readonly lab: string;
  readonly count: number;
  readonly at: string;
}

export interface AuditReport {
  readonly verdict: string;
  readonly clean: boolean;
  readonly lookedAt: number;
  readonly breaches: number;
  readonly checks: readonly Check[];
  readonly corrections: readonly Correction[];
  readonly at: string;
  readonly ms: number;
}

export const wordsOf = (verdict: Check['verdict'], breaches: number): string =>
  verdict === 'breach' ? `${breaches} breach${breaches === 1 ? '' : 'es'}` : verdict;
