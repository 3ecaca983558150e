import { describe, expect, it } from '@jest/globals';
import { arrows } from '../../topology.ts';
import { appVersion, infrastructureImages } from './chart.ts';
import type { Pod } from './kube.ts';
import { findPlace } from './place.ts';
import { allowed, everyPort } from './prove-network.ts';
import { run } from './run.ts';
import { statusTable } from './status.ts';

describe('a program of others', () => {
  it('gives what it says, and takes what it is given', async () => {
    expect(await run('cat', [], { input: 'order' })).toBe('order');
  });

  it('that fails says its last words in one line', async () => {
    const failing = run('sh', ['-c', 'echo first >&2; echo "the cause" >&2; exit 3']);
    await expect(failing).rejects.toThrow(/^sh .*ended with 3: the cause$/);
  });

  it('that takes too long is ended', async () => {
    await expect(run('sleep', ['20'], { msMax: 50 })).rejects.toThrow('did not end within 0.05 s');
  });

  it('that is not there is named', async () => {
    await expect(run('no-such-program', [])).rejects.toThrow('no-such-program cannot be run');
  });
});

describe('the place of a cluster', () => {
  it('is the context that somebody names, whatever else there is, and stays when Seams goes', () => {
    const place = findPlace({ SEAMS_CONTEXT: 'prod', SEAMS_KIT: '/nowhere', SEAMS_REGISTRY: 'registry.example/x' });
    expect(place.access.kubectl).toEqual(['kubectl', '--context', 'prod']);
    expect(place.helmArguments).toEqual(['--set', 'image.registry=registry.example/x']);
    expect(place.down).toBeUndefined();
  });

  it('that is no kit is refused in one line', () => {
    expect(() => findPlace({ SEAMS_KIT: '/nowhere' })).toThrow('SEAMS_KIT names /nowhere, where there is no kube.sh');
  });
});

describe('what the chart names', () => {
  it('is read from its files', () => {
    expect(appVersion()).toMatch(/^\d+\.\d+\.\d+$/);
    expect(Object.values(infrastructureImages()).every((image) => /^[\w./-]+:[\w.-]+$/.test(image))).toBe(true);
  });
});

describe('who may reach whom', () => {
  it('holds every arrow and lets nobody reach an ops port or a store that is not his', () => {
    const may = allowed();
    for (const { from, to } of arrows) expect([...may].some((pair) => pair.startsWith(`${from} ${to} `))).toBe(true);
    expect([...may].filter((pair) => /^(gateway|business-logic) (postgres|kafka)/.test(pair))).toEqual([]);
    const known = new Set(everyPort().map(({ component, port }) => `${component} ${port}`));
    expect([...may].filter((pair) => !known.has(pair.split(' ').slice(1).join(' ')))).toEqual([]);
  });
});

describe('the table of pods', () => {
  it('has a line for each, what it waits for, and a sum', () => {
    const pod = { phase: 'Running', restarts: 0, uid: '', address: '', deleted: false, images: [], startedAt: '' };
    const pods: Pod[] = [
      { ...pod, name: 'seams-auth-1', component: 'auth', ready: true, waiting: undefined },
      { ...pod, name: 'seams-kafka-0', component: 'kafka', ready: false, waiting: 'ErrImagePull' },
    ];
    const usage = { pod: 'seams-auth-1', rssBytes: 50 * 1_048_576, workingSetBytes: 60 * 1_048_576, cpuMillis: 12 };
    const [, auth, kafka, total] = statusTable(pods, [usage]);
    expect(auth).toMatch(/^seams-auth-1 +ready +0 +50 MiB +60 MiB +12 m$/);
    expect(kafka).toMatch(/^seams-kafka-0 +ErrImagePull +0 *$/);
    expect(total).toMatch(/50 MiB +60 MiB +12 m$/);
  });
});
