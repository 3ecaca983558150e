/** A refresh token as the store knows it. Instants are Unix time in milliseconds. */
export interface KnownToken {
  readonly expiresAt: number;
  readonly usedAt: number | null;
  /** Of its family. */
  readonly revokedAt: number | null;
  /** Of its owner. */
  readonly disabled: boolean;
}

export type RefreshDecision =
  | 'granted'
  | 'refresh_token_invalid'
  | 'identity_disabled'
  | 'refresh_token_revoked'
  | 'refresh_token_reused'
  | 'refresh_token_expired';

/**
 * A token is exchanged once. A second time means that two hold it, and nobody can tell the owner from the thief, so the
 * whole family ends.
 *
 * But for one case: a reply that got lost looks the same, and its owner, who did nothing wrong, would be logged out by
 * the network. So within `graceMs` of its first use it is exchanged again. The price: whoever stole it and is that
 * quick stays unnoticed until one of the two pairs is used a second time.
 */
export function decideRefresh(
  token: KnownToken | undefined,
  now: number,
  { graceMs }: { readonly graceMs: number },
): RefreshDecision {
  if (!token) return 'refresh_token_invalid';
  if (token.disabled) return 'identity_disabled';
  if (token.revokedAt !== null) return 'refresh_token_revoked';
  if (token.usedAt !== null && now - token.usedAt >= graceMs) return 'refresh_token_reused';
  if (now >= token.expiresAt) return 'refresh_token_expired';
  return 'granted';
}
