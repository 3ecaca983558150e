import { describe, expect, it } from '@jest/globals';
import { decideRefresh } from './refresh-token.ts';

const NOW = 1_800_000_000_000;
const GRACE = 10_000;
const FRESH = { expiresAt: NOW + 1, usedAt: null, revokedAt: null, disabled: false };

describe('a refresh token', () => {
  it.each([
    ['unused', FRESH, 'granted'],
    ['unknown', undefined, 'refresh_token_invalid'],
    ['in its last millisecond', { ...FRESH, expiresAt: NOW + 1 }, 'granted'],
    ['at its end', { ...FRESH, expiresAt: NOW }, 'refresh_token_expired'],
    ['used just now, by its twin', { ...FRESH, usedAt: NOW }, 'granted'],
    ['used within the grace, its reply lost', { ...FRESH, usedAt: NOW - GRACE + 1 }, 'granted'],
    ['used before the grace', { ...FRESH, usedAt: NOW - GRACE }, 'refresh_token_reused'],
    ['used by a replica whose clock is ahead', { ...FRESH, usedAt: NOW + 5_000 }, 'granted'],
    ['used long ago and expired', { ...FRESH, usedAt: NOW - GRACE, expiresAt: NOW }, 'refresh_token_reused'],
    ['of a family that ended', { ...FRESH, revokedAt: NOW - 1 }, 'refresh_token_revoked'],
    ['used, of a family that ended', { ...FRESH, usedAt: NOW - 1, revokedAt: NOW - 1 }, 'refresh_token_revoked'],
    ['of somebody who is disabled', { ...FRESH, disabled: true }, 'identity_disabled'],
  ])('%s', (_, token, decision) => {
    expect(decideRefresh(token, NOW, { graceMs: GRACE })).toBe(decision);
  });
});
