import { describe, expect, it } from '@jest/globals';
import { lockBreaches, missingFrom } from './lockfile.ts';

const missing = (name: string) =>
  missingFrom({ packages: { 'node_modules/tool': { optionalDependencies: { [name]: '1.2.3' } } } })[
    `node_modules/${name}`
  ];

describe('a platform package that the lock file lacks', () => {
  it.each([
    ['@biomejs/cli-android-arm64', { os: ['android'], cpu: ['arm64'] }],
    ['@bufbuild/buf-linux-armv7', { os: ['linux'], cpu: ['arm'] }],
    ['@swc/core-linux-s390x-gnu', { os: ['linux'], cpu: ['s390x'], libc: ['glibc'] }],
    ['@unrs/resolver-binding-linux-loong64-musl', { os: ['linux'], cpu: ['loong64'], libc: ['musl'] }],
    ['@oxlint/binding-win32-ia32-msvc', { os: ['win32'], cpu: ['ia32'] }],
    ['@oxlint/binding-android-arm-eabi', { os: ['android'], cpu: ['arm'] }],
    ['fsevents', {}],
  ])('%s is named with its system and processor', (name, where) => {
    expect(missing(name)).toEqual({ version: '1.2.3', optional: true, ...where });
  });

  it('is not missing when it lies nested', () => {
    const packages = {
      'node_modules/a/node_modules/tool': { optionalDependencies: { near: '1.0.0', top: '1.0.0' } },
      'node_modules/a/node_modules/near': {},
      'node_modules/top': {},
    };
    expect(missingFrom({ packages })).toEqual({});
  });
});

describe('the engines that npm compares with its own Node', () => {
  it.each([
    [
      'of a package',
      { 'node_modules/otel': { version: '1.0.0', engines: { node: '>=22' } } },
      ['lock-asks-for-no-engine'],
    ],
    ['of this project', { '': { engines: { node: '>=20' } } }, []],
  ])('%s are refused or not', (_, packages, rules) => {
    expect(lockBreaches(JSON.stringify({ packages })).map(({ rule }) => rule)).toEqual(rules);
  });
});
