import { describe, expect, it } from '@jest/globals';
import { services } from '../../topology.ts';
import { notAsPlanned } from './make-whole.ts';

const planned = Object.entries(services).flatMap(([name, { replicas }]) =>
  Array.from({ length: replicas }, (_, at) => `${name}-${at + 1}`),
);

describe('what is not as topology.ts says', () => {
  it('is nothing when each has its replicas, whatever else runs', () => {
    expect(notAsPlanned([...planned, 'postgres', 'runner'])).toEqual([]);
  });

  it('is a replica too many, too few, or one in the place of another', () => {
    expect(notAsPlanned([...planned, 'storage-3'])).toEqual([{ service: 'storage', missing: 0, added: ['storage-3'] }]);
    const without = planned.filter((name) => name !== 'storage-1');
    expect(notAsPlanned(without)).toEqual([{ service: 'storage', missing: 1, added: [] }]);
    expect(notAsPlanned([...without, 'storage-3'])).toEqual([{ service: 'storage', missing: 1, added: ['storage-3'] }]);
  });
});
