import { createHash, randomBytes } from 'node:crypto';

const SECRET_BYTES = 32;

export const hashOf = (secret: string): Uint8Array => createHash('sha256').update(secret).digest();

export function newRefreshSecret(): { secret: string; hash: Uint8Array } {
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  return { secret, hash: hashOf(secret) };
}
