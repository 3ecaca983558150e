import { describe, expect, it } from '@jest/globals';
import { DISPLAY_NAME_LENGTH_MAX, EMAIL_LENGTH_MAX, PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN } from '@seams/contracts';
import { canonicalEmail, faultOf } from './identity.ts';

const GOOD = { email: 'ada@example.org', password: 'correct horse', displayName: 'Ada' };
const emailOf = (length: number): string => `${'a'.repeat(length - '@example.org'.length)}@example.org`;

describe('an email', () => {
  it.each([
    ['ada@example.org', undefined],
    ['a@b.c', undefined],
    ['ada+cafe@sub.example.org', undefined],
    ["o'hara@example.org", undefined],
    ['jürgen@müller.example', undefined],
    [emailOf(EMAIL_LENGTH_MAX), undefined],
    [emailOf(EMAIL_LENGTH_MAX + 1), 'email_malformed'],
    ['', 'email_malformed'],
    ['ada', 'email_malformed'],
    ['ada@example', 'email_malformed'],
    ['@example.org', 'email_malformed'],
    ['ada@', 'email_malformed'],
    ['ada@@example.org', 'email_malformed'],
    ['ada@.org', 'email_malformed'],
    ['ada@example.', 'email_malformed'],
    ['ada@example..org', 'email_malformed'],
    ['a da@example.org', 'email_malformed'],
    ['ada@example.org\n', 'email_malformed'],
    ['ada\u0000@example.org', 'email_malformed'], // Postgres keeps no NUL
    ['ada\u200b@example.org', 'email_malformed'], // looks like another one's
    ['ada\u202e@example.org', 'email_malformed'],
    ['ada\ud800@example.org', 'email_malformed'],
    [`${'a'.repeat(200_000)}@example.org`, 'email_malformed'],
  ])('%j is %s', (email, fault) => {
    expect(faultOf({ ...GOOD, email })).toBe(fault);
  });

  it.each([
    ['Ada@Example.ORG', 'ada@example.org'],
    ['JOSE\u0301@example.org', 'jos\u00e9@example.org'],
    ['jos\u00c9@example.org', 'jos\u00e9@example.org'],
  ])('%j is the same account as %s', (email, canonical) => {
    expect(canonicalEmail(email)).toBe(canonical);
  });
});

describe('a password', () => {
  it.each([
    [PASSWORD_LENGTH_MIN - 1, 'password_out_of_range'],
    [PASSWORD_LENGTH_MIN, undefined],
    [PASSWORD_LENGTH_MAX, undefined],
    [PASSWORD_LENGTH_MAX + 1, 'password_out_of_range'],
    [1_000_000, 'password_out_of_range'],
  ])('of %d characters is %s', (length, fault) => {
    expect(faultOf({ ...GOOD, password: 'x'.repeat(length) })).toBe(fault);
    expect(faultOf({ ...GOOD, password: '\u{1f511}'.repeat(length) })).toBe(fault); // a key is one character too
  });
});

describe('a display name', () => {
  it.each([
    ['Ada', undefined],
    [' Ada ', undefined],
    ['Zoë \u{1f469}\u200d\u{1f680}', undefined], // the joiner inside of an emoji is no control character
    ['\u05d0\u05d3\u05d4', undefined],
    ['x'.repeat(DISPLAY_NAME_LENGTH_MAX), undefined],
    ['x'.repeat(DISPLAY_NAME_LENGTH_MAX + 1), 'display_name_malformed'],
    ['', 'display_name_malformed'],
    ['   ', 'display_name_malformed'],
    ['\u200b', 'display_name_malformed'],
    ['Ada\u0000', 'display_name_malformed'],
    ['Ada\nAdmin', 'display_name_malformed'],
    ['Ada\u001b[31m', 'display_name_malformed'],
    ['Ada\u2028', 'display_name_malformed'],
    ['Ada\u202egnp.exe', 'display_name_malformed'],
    ['Ada\ud800', 'display_name_malformed'],
    ['\u3164', 'display_name_malformed'], // Hangul filler
    ['\u{e0041}', 'display_name_malformed'], // a tag
    ['\u{1f469}', undefined],
    ['Ada\u{e0041}', undefined],
  ])('%j is %s', (displayName, fault) => {
    expect(faultOf({ ...GOOD, displayName })).toBe(fault);
  });
});

it('names the first fault in the order of the form', () => {
  expect(faultOf({ email: '', password: '', displayName: '' })).toBe('email_malformed');
  expect(faultOf({ ...GOOD, password: '', displayName: '' })).toBe('password_out_of_range');
});
