import { describe, expect, it } from '@jest/globals';
import { signalMeanings } from './signals.ts';

const meaningsOf = (outlives: boolean, ...signals: [NodeJS.Signals, number][]) => {
  const meaningOf = signalMeanings(outlives);
  return signals.map(([signal, atMs]) => meaningOf(signal, atMs));
};

describe('signals to the runner', () => {
  it.each<NodeJS.Signals>(['SIGINT', 'SIGTERM', 'SIGHUP'])('%s stops in order', (signal) => {
    expect(meaningsOf(false, [signal, 0])).toEqual(['stop']);
  });

  it('one Ctrl-C, from the terminal and from npm, is one; a second one kills', () => {
    expect(meaningsOf(false, ['SIGINT', 5_000], ['SIGINT', 5_002], ['SIGINT', 5_999], ['SIGINT', 6_000])).toEqual([
      'stop',
      'ignore',
      'ignore',
      'kill',
    ]);
  });

  it('a hangup never kills', () => {
    expect(meaningsOf(false, ['SIGHUP', 0], ['SIGHUP', 9_000])).toEqual(['stop', 'ignore']);
  });

  it('a hangup means nothing under nohup, SIGTERM does', () => {
    expect(meaningsOf(true, ['SIGHUP', 0], ['SIGTERM', 10], ['SIGTERM', 2_000])).toEqual(['ignore', 'stop', 'kill']);
  });
});
