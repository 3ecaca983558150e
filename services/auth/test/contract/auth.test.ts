import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { endingOf, ready, type TestDatabase } from '@seams/testkit';
import { ctx, database, newEmail, PASSWORD, registerAt, type StartedAuth, startedAuth } from './started-auth.ts';

let db: TestDatabase;
let one: StartedAuth;
let two: StartedAuth;

/** Two replicas: nothing may depend on which one is asked. */
beforeAll(async () => {
  db = await database();
  [one, two] = await Promise.all([startedAuth(db.url), startedAuth(db.url)]);
  await Promise.all([ready(one), ready(two)]);
});

afterAll(async () => {
  await Promise.all([one?.stop(), two?.stop()]);
  await db?.drop();
});

const registered = (email?: string) => registerAt(one, email);
const refresh = (refreshToken: string, replica = one) => replica.auth.Refresh(ctx(), { refreshToken });
const authenticate = (accessToken: string, replica = one) => replica.auth.Authenticate(ctx(), { accessToken });

/** As if the token had been used before the grace. */
const useLongAgo = (subject: string) =>
  db.ask(
    `UPDATE refresh_tokens SET used_at = used_at - interval '11 s'
     WHERE used_at IS NOT NULL AND family IN (SELECT family FROM token_families WHERE subject = $1)`,
    [subject],
  );

describe('registering', () => {
  it('makes a customer who is logged in, and keeps neither password nor token', async () => {
    const { email, subject, tokens } = await registered();
    expect(tokens).toMatchObject({ accessExpiresInS: 900, refreshExpiresInS: 1_209_600 });
    const { principal, expiresAtMs } = await authenticate(tokens.accessToken);
    expect(principal).toEqual({ subject, roles: ['customer'], cafeIds: [] });
    expect(expiresAtMs).toBeGreaterThan(Date.now() + 890_000);
    expect(expiresAtMs).toBeLessThanOrEqual(Date.now() + 900_000);

    const rows = await db.ask<{ row: string }>(
      `SELECT to_json(i)::text AS row FROM identities i WHERE email = $1
       UNION ALL SELECT to_json(t)::text FROM refresh_tokens t`,
      [email],
    );
    const stored = rows.map(({ row }) => row).join();
    expect(stored).toContain('$argon2id$v=19$m=19456,t=2,p=1$');
    expect(stored).not.toContain(PASSWORD);
    expect(stored).not.toContain(tokens.refreshToken);
  });

  it('gives an email to one of twenty who ask at once, in whatever case', async () => {
    const email = newEmail();
    const spellings = Array.from({ length: 20 }, (_, index) => (index % 2 ? email : email.toUpperCase()));
    const endings = await Promise.all(
      spellings.map((spelling, index) =>
        endingOf(
          (index % 2 ? one : two).auth.Register(ctx(), { email: spelling, password: PASSWORD, displayName: 'Twin' }),
        ),
      ),
    );
    expect(endings.filter((ending) => ending === 'ok')).toHaveLength(1);
    expect(endings.filter((ending) => ending === 'rejected/email_taken')).toHaveLength(19);
    expect(await db.ask('SELECT 1 FROM identities WHERE email_canonical = $1', [email])).toHaveLength(1);
  });

  it.each([
    ['an email that is none', { email: 'nobody' }, 'invalid/email_malformed'],
    ['an email with a NUL', { email: 'a\u0000@example.org' }, 'invalid/email_malformed'],
    ['a password that is too short', { password: 'short12' }, 'invalid/password_out_of_range'],
    ['a password that is too long', { password: 'x'.repeat(201) }, 'invalid/password_out_of_range'],
    ['no name', { displayName: '' }, 'invalid/display_name_malformed'],
    ['a name that turns the line around', { displayName: 'Ada\u202e' }, 'invalid/display_name_malformed'],
  ])('with %s leaves nothing', async (_, wrong, ending) => {
    const before = await db.ask('SELECT count(*) FROM identities');
    const request = { email: newEmail(), password: PASSWORD, displayName: 'Ada', ...wrong };
    expect(await endingOf(one.auth.Register(ctx(), request))).toBe(ending);
    expect(await db.ask('SELECT count(*) FROM identities')).toEqual(before);
  });

  it('whose reply got lost is told email_taken, and logging in gives what the first would have given', async () => {
    const { email, subject } = await registered();
    expect(await endingOf(registered(email))).toBe('rejected/email_taken');
    const login = await one.auth.Login(ctx(), { email, password: PASSWORD });
    expect(login.subject).toBe(subject);
  });
});

describe('logging in', () => {
  it('takes any spelling of the email', async () => {
    const { email, subject } = await registered(`jos\u00e9-${newEmail()}`);
    for (const spelling of [email, email.toUpperCase(), email.normalize('NFD')]) {
      const login = await two.auth.Login(ctx(), { email: spelling, password: PASSWORD });
      expect(login.subject).toBe(subject);
    }
  });

  it('says the same to a wrong password, an unknown email and what can be neither', async () => {
    const { email } = await registered();
    for (const given of [
      { email, password: 'wrong horse battery' },
      { email: newEmail(), password: PASSWORD },
      { email: 'nobody', password: PASSWORD },
      { email: "' OR 1=1 --", password: PASSWORD },
      { email: '\u0000', password: PASSWORD },
      { email, password: '' },
      { email, password: 'x'.repeat(100_000) },
    ]) {
      expect(await endingOf(one.auth.Login(ctx(), given))).toBe('anonymous/wrong_credentials');
    }
  });

  it('refuses what it cannot hash in time, and serves the next', async () => {
    const { email } = await registered();
    const attempts = Array.from({ length: 60 }, () => endingOf(one.auth.Login(ctx(), { email, password: PASSWORD })));
    const endings = await Promise.all(attempts);
    expect(new Set(endings)).toEqual(new Set(['ok', 'overloaded/too_many_logins']));
    expect(endings.filter((ending) => ending === 'ok').length).toBeGreaterThanOrEqual(18); // 2 at once and 16 waiting
    expect(await endingOf(one.auth.Login(ctx(), { email, password: PASSWORD }))).toBe('ok');
  });
});

describe('refreshing', () => {
  it('gives a new pair, and again while the reply may have been lost', async () => {
    const { subject, tokens } = await registered();
    const first = await refresh(tokens.refreshToken);
    const again = await refresh(tokens.refreshToken, two);
    expect(new Set([tokens.refreshToken, first.tokens?.refreshToken, again.tokens?.refreshToken]).size).toBe(3);
    for (const pair of [first.tokens, again.tokens]) {
      expect((await authenticate(String(pair?.accessToken))).principal?.subject).toBe(subject);
      expect(await endingOf(refresh(String(pair?.refreshToken)))).toBe('ok');
    }
  });

  it('ends the whole family when a token is used again later', async () => {
    const { subject, tokens, email } = await registered();
    const stolen = tokens.refreshToken;
    const next = await refresh(stolen);
    await useLongAgo(subject);

    expect(await endingOf(refresh(stolen, two))).toBe('anonymous/refresh_token_reused');
    expect(await endingOf(refresh(String(next.tokens?.refreshToken)))).toBe('anonymous/refresh_token_revoked');
    expect(await endingOf(refresh(stolen))).toBe('anonymous/refresh_token_revoked');
    // another login is another family
    const login = await one.auth.Login(ctx(), { email, password: PASSWORD });
    expect(await endingOf(refresh(String(login.tokens?.refreshToken)))).toBe('ok');
  });

  it('leaves no usable token behind when use and reuse race', async () => {
    for (let round = 0; round < 5; round++) {
      const { subject, tokens } = await registered();
      const next = await refresh(tokens.refreshToken);
      await useLongAgo(subject);
      const racers = await Promise.allSettled([
        refresh(tokens.refreshToken, one),
        refresh(String(next.tokens?.refreshToken), two),
        refresh(tokens.refreshToken, two),
      ]);
      const won = racers.flatMap((racer) => (racer.status === 'fulfilled' ? [racer.value] : []));
      for (const { tokens: pair } of won) {
        expect(await endingOf(refresh(String(pair?.refreshToken)))).toBe('anonymous/refresh_token_revoked');
      }
    }
  });

  it('by ten twins at once works for each, and marks the token used once', async () => {
    const { tokens } = await registered();
    const twins = await Promise.all(
      Array.from({ length: 10 }, (_, index) => refresh(tokens.refreshToken, index % 2 ? one : two)),
    );
    expect(new Set(twins.map(({ tokens: pair }) => pair?.refreshToken)).size).toBe(10);
  });

  it('at its end is over', async () => {
    const { subject, tokens } = await registered();
    await db.ask(
      `UPDATE refresh_tokens SET expires_at = now() WHERE family IN (SELECT family FROM token_families WHERE subject = $1)`,
      [subject],
    );
    expect(await endingOf(refresh(tokens.refreshToken))).toBe('anonymous/refresh_token_expired');
  });

  it.each([
    ['nothing', ''],
    ['a letter', 'x'],
    ['43 letters', 'A'.repeat(43)],
    ['100,000 letters', 'A'.repeat(100_000)],
    ['43 NULs', '\u0000'.repeat(43)],
    ['SQL', "' OR 1=1 --"],
  ])('with %s is nobody’s', async (_, text) => {
    expect(await endingOf(refresh(text))).toBe('anonymous/refresh_token_invalid');
  });

  it('takes no access token, and authenticating takes no refresh token', async () => {
    const { tokens } = await registered();
    expect(await endingOf(refresh(tokens.accessToken))).toBe('anonymous/refresh_token_invalid');
    expect(await endingOf(authenticate(tokens.refreshToken))).toBe('anonymous/token_malformed');
  });
});

describe('somebody who is disabled', () => {
  it('is out at once, by every door', async () => {
    const { email, subject, tokens } = await registered();
    await db.ask('UPDATE identities SET disabled_at = now() WHERE subject = $1', [subject]);
    expect(await endingOf(authenticate(tokens.accessToken))).toBe('anonymous/identity_disabled');
    expect(await endingOf(refresh(tokens.refreshToken))).toBe('anonymous/identity_disabled');
    expect(await endingOf(one.auth.Login(ctx(), { email, password: PASSWORD }))).toBe('anonymous/identity_disabled');
    expect(await endingOf(one.auth.Login(ctx(), { email, password: 'wrong horse battery' }))).toBe(
      'anonymous/wrong_credentials',
    );
  });
});

describe('authenticating', () => {
  it('gives the roles of now, not those of when the token was made', async () => {
    const { subject, tokens } = await registered();
    await db.ask(`UPDATE identities SET roles = '{staff}', cafe_ids = '{harbour}' WHERE subject = $1`, [subject]);
    const { principal } = await authenticate(tokens.accessToken);
    expect(principal).toEqual({ subject, roles: ['staff'], cafeIds: ['harbour'] });
  });

  it('refuses nothing, garbage and 64 KB alike, as the caller’s fault', async () => {
    expect(await endingOf(authenticate(''))).toBe('anonymous/token_missing');
    expect(await endingOf(authenticate('garbage'))).toBe('anonymous/token_malformed');
    expect(await endingOf(authenticate('A'.repeat(65_536)))).toBe('anonymous/token_malformed');
  });
});
