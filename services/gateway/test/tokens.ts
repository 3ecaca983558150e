/** Access tokens as auth signs them, and every way to forge one. */
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

export const TOKENS = { TOKEN_ISSUER: 'seams-auth', TOKEN_AUDIENCE: 'seams', ACCESS_TOKEN_S: 900 } as const;

const ours = await keyPair();
const stranger = await keyPair();

async function keyPair() {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const bare = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(bare);
  return { kid, privateKey, publicJwk: { ...bare, kid, alg: 'ES256', use: 'sig' } };
}

export const jwksJson = (): string => JSON.stringify({ keys: [ours.publicJwk] });
/** Of a key that came after those. */
export const newerJwksJson = (): string => JSON.stringify({ keys: [stranger.publicJwk] });

export const SUBJECT = '019aa0c5-0000-7000-8000-0000000000c1';

export const claimsAt = (nowS: number): JWTPayload & Record<string, unknown> => ({
  iss: TOKENS.TOKEN_ISSUER,
  aud: TOKENS.TOKEN_AUDIENCE,
  sub: SUBJECT,
  jti: 'x',
  iat: nowS,
  exp: nowS + TOKENS.ACCESS_TOKEN_S,
  roles: ['customer'],
  cafes: [],
});

export const signed = (claims: JWTPayload, header: object = {}, key = ours): Promise<string> =>
  new SignJWT(claims)
    .setProtectedHeader({ alg: 'ES256', kid: ours.kid, typ: 'at+jwt', ...header })
    .sign(key.privateKey);

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const hmacSigned = (claims: JWTPayload, secret: string): Promise<string> =>
  new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', kid: ours.kid, typ: 'at+jwt' })
    .sign(new TextEncoder().encode(secret));

const without = (claims: JWTPayload, name: string): JWTPayload => ({ ...claims, [name]: undefined });

/** What is no token of ours, and the reason that its bearer gets. All of them are 401. */
export async function forgeries(nowS: number): Promise<[string, string, string][]> {
  const claims = claimsAt(nowS);
  const good = await signed(claims);
  const [header, payload, signature] = good.split('.') as [string, string, string];
  const named = { kid: ours.kid, typ: 'at+jwt' };
  return [
    ['one word', 'hello', 'token_malformed'],
    ['two parts', `${header}.${payload}`, 'token_malformed'],
    ['4 KB', 'A'.repeat(4_096), 'token_malformed'],
    ['a header that is null', `${encoded(null)}.e30.AAAA`, 'token_malformed'],
    ['alg none', `${encoded({ ...named, alg: 'none' })}.${payload}.${signature}`, 'token_invalid'],
    ['alg none and no signature', `${encoded({ ...named, alg: 'none' })}.${payload}.`, 'token_malformed'],
    ['HS256 with the public key', await hmacSigned(claims, JSON.stringify(ours.publicJwk)), 'token_invalid'],
    ['HS256 with its x', await hmacSigned(claims, String(ours.publicJwk.x).padEnd(43)), 'token_invalid'],
    ['a psychic signature: all zeros', `${header}.${payload}.${'A'.repeat(86)}`, 'token_invalid'],
    ['a signature of half the size', `${header}.${payload}.${'A'.repeat(43)}`, 'token_invalid'],
    ['a DER signature', `${header}.${payload}.MEQCIAAAAAAAAAAAAAAAAAAA`, 'token_invalid'],
    ['another payload', `${header}.${encoded({ ...claims, sub: 'eve' })}.${signature}`, 'token_invalid'],
    ['more roles', `${header}.${encoded({ ...claims, roles: ['operator'] })}.${signature}`, 'token_invalid'],
    ['a kid that none of ours has', await signed(claims, { kid: 'other' }), 'token_invalid'],
    ['a kid that is a path', await signed(claims, { kid: '../../dev/null' }), 'token_invalid'],
    ['the kid __proto__', await signed(claims, { kid: '__proto__' }), 'token_invalid'],
    ['no kid', await signed(claims, { kid: undefined }), 'token_invalid'],
    ['a stranger’s key under our name', await signed(claims, {}, stranger), 'token_invalid'],
    ['a stranger’s key in the header', await signed(claims, { jwk: stranger.publicJwk }, stranger), 'token_invalid'],
    ['another type', await signed(claims, { typ: 'JWT' }), 'token_invalid'],
    ['no type', await signed(claims, { typ: undefined }), 'token_invalid'],
    ['another issuer', await signed({ ...claims, iss: 'eve' }), 'token_invalid'],
    ['another audience', await signed({ ...claims, aud: 'eve' }), 'token_invalid'],
    ['no audience', await signed(without(claims, 'aud')), 'token_invalid'],
    ['no subject', await signed(without(claims, 'sub')), 'token_invalid'],
    ['no end', await signed(without(claims, 'exp')), 'token_invalid'],
    ['no beginning', await signed(without(claims, 'iat')), 'token_invalid'],
    ['an end long ago', await signed({ ...claims, iat: nowS - 4_500, exp: nowS - 3_600 }), 'token_expired'],
    ['an end just now', await signed({ ...claims, exp: nowS }), 'token_expired'],
    ['a far end, from long ago', await signed({ ...claims, iat: nowS - 4_500, exp: nowS + 9_999 }), 'token_expired'],
    ['a clock far ahead', await signed({ ...claims, iat: nowS + 120 }), 'token_invalid'],
    ['not valid yet', await signed({ ...claims, nbf: nowS + 120 }), 'token_invalid'],
    ['roles that are a text', await signed({ ...claims, roles: 'operator' }), 'token_invalid'],
    ['no roles', await signed(without(claims, 'roles')), 'token_invalid'],
    ['cafés that are numbers', await signed({ ...claims, cafes: [1] }), 'token_invalid'],
  ];
}
