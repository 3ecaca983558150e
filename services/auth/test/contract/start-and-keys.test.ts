import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { asOwner } from '@seams/postgres';
import { endingOf, eventually, ready, type TestDatabase } from '@seams/testkit';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { makeDemoAccounts } from '../../src/identities/demo-accounts.ts';
import { addIdentity, type Query, takenEmails } from '../../src/identities/identity-store.ts';
import { newSigningKey } from '../../src/outbound/key-ring.ts';
import { hashPassword } from '../../src/outbound/passwords.ts';
import { ctx, database, newEmail, PASSWORD, registerAt, type StartedAuth, startedAuth } from './started-auth.ts';

let db: TestDatabase;
let one: StartedAuth;
let two: StartedAuth;

/** Two replicas on an empty database, started at once: both need the first signing key. */
beforeAll(async () => {
  db = await database();
  [one, two] = await Promise.all([startedAuth(db.url), startedAuth(db.url)]);
  await Promise.all([ready(one), ready(two)]);
});

afterAll(async () => {
  await Promise.all([one?.stop(), two?.stop()]);
  await db?.drop();
});

const registered = () => registerAt(one);
const authenticate = (accessToken: string, replica = one) => replica.auth.Authenticate(ctx(), { accessToken });

describe('two replicas that start at once', () => {
  it('agree on one signing key, and each knows the other’s tokens', async () => {
    expect(await db.ask('SELECT kid FROM signing_keys')).toHaveLength(1);
    const { tokens } = await registered();
    expect(await endingOf(authenticate(tokens.accessToken, two))).toBe('ok');
  });

  it('publish the key, so that anybody can verify without asking', async () => {
    const { tokens, subject } = await registered();
    const { jwksJson } = await two.auth.GetSigningKeys(ctx(), {});
    const { payload } = await jwtVerify(tokens.accessToken, createLocalJWKSet(JSON.parse(jwksJson)), {
      algorithms: ['ES256'],
      issuer: 'seams-auth',
      audience: 'seams',
      typ: 'at+jwt',
    });
    expect(payload).toMatchObject({ sub: subject, roles: ['customer'], cafes: [] });
    expect(jwksJson).not.toContain('"d"');
  });

  it('name what they depend on', async () => {
    const { body } = await one.readyz();
    expect(body.dependencies.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'postgres up',
      'signing-keys up',
    ]);
  });
});

describe('a signing key', () => {
  it('is known before it signs, and verifies after it was retired', async () => {
    const old = await registered();
    const next = await newSigningKey();
    await db.ask('INSERT INTO signing_keys (kid, private_jwk, public_jwk) VALUES ($1, $2, $3)', [
      next.kid,
      next.privateJwk,
      next.publicJwk,
    ]);
    const third = await startedAuth(db.url);
    try {
      await ready(third);
      expect(JSON.parse((await third.auth.GetSigningKeys(ctx(), {})).jwksJson).keys).toHaveLength(2);
      expect(
        kidOf((await third.auth.Login(ctx(), { email: old.email, password: PASSWORD })).tokens?.accessToken),
      ).not.toBe(next.kid);
    } finally {
      await third.stop();
    }

    await db.ask('UPDATE signing_keys SET retired_at = now() WHERE kid <> $1', [next.kid]);
    const fourth = await startedAuth(db.url);
    try {
      await ready(fourth);
      const { tokens } = await fourth.auth.Login(ctx(), { email: old.email, password: PASSWORD });
      expect(kidOf(tokens?.accessToken)).toBe(next.kid);
      expect(await endingOf(authenticate(old.tokens.accessToken, fourth))).toBe('ok');
      // replica one last looked before the key was made; an unknown name makes it look again, once a second at most
      await eventually(() => authenticate(String(tokens?.accessToken), one));
    } finally {
      await fourth.stop();
    }
  });
});

describe('auth without its database', () => {
  it('answers, is not ready, names what is missing, and does nothing by halves', async () => {
    const url = new URL(db.url);
    url.port = '1'; // nothing listens there
    const alone = await startedAuth(url.href);
    try {
      await eventually(async () => {
        const { status, body } = await alone.readyz();
        expect(status).toBe(503);
        expect(body.dependencies.map(({ name, status }) => `${name} ${status}`)).toEqual([
          'postgres down',
          'signing-keys down',
        ]);
      });
      expect(await endingOf(alone.auth.Login(ctx(), { email: newEmail(), password: PASSWORD }))).toBe(
        'unavailable/database_down',
      );
      expect(await endingOf(alone.auth.Authenticate(ctx(), { accessToken: '' }))).toBe('anonymous/token_missing');
    } finally {
      await alone.stop();
    }
  });
});

describe('the demo accounts', () => {
  const accounts = ['customer', 'staff'].map((role) => ({
    email: `${role}@demo.example`,
    password: PASSWORD,
    displayName: role,
    roles: [role],
    cafeIds: role === 'staff' ? ['harbour'] : [],
  }));

  it('are made once; a second start hashes nothing and changes nothing', async () => {
    let hashed = 0;
    const make = () =>
      asOwner({ url: db.ownerUrl }, (client) => {
        const query: Query = ({ text }, values) => client.query({ text, values: [...values] });
        return makeDemoAccounts(
          {
            takenEmails: (emails) => takenEmails(query, emails),
            addIdentity: (identity) => addIdentity(query, identity),
            hashPassword: (password) => {
              hashed += 1;
              return hashPassword(password);
            },
            newId: () => crypto.randomUUID(),
          },
          accounts,
        );
      });
    expect(await make()).toEqual(['customer@demo.example', 'staff@demo.example']);
    expect(await make()).toEqual([]);
    expect(hashed).toBe(2);

    const { tokens } = await one.auth.Login(ctx(), { email: 'Staff@demo.example', password: PASSWORD });
    const { principal } = await authenticate(String(tokens?.accessToken));
    expect(principal).toMatchObject({ roles: ['staff'], cafeIds: ['harbour'] });
  });
});

const kidOf = (token = ''): string =>
  (JSON.parse(Buffer.from(String(token.split('.')[0]), 'base64url').toString()) as { kid: string }).kid;
