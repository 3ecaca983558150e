import { describe, expect, it } from '@jest/globals';
import { type Figure, hopsOf, isBusy, type Price, plotsOf, rangeText } from './price.ts';

const figure = (median: number, min = median, max = median): Figure => ({ median, min, max });
const price: Price = {
  measuredAt: '2026-11-21T10:00:00.000Z',
  ratios: { 'orders/s, five ÷ single': figure(0.5, 0.4, 0.6) },
  rungs: [
    { rung: 'single', says: '', figures: { ordersPerS: figure(200, 180, 220) } },
    { rung: 'five', says: '', figures: { ordersPerS: figure(100, 90, 130), heatOfRoom: figure(1) } },
  ],
  bytesPerOrder: { five: { 'gateway → auth': { sent: 700, received: 300 } } },
  machine: { cores: 2 },
  plan: {},
  loads: [1, 3.9],
};

describe('the price as plots', () => {
  it('has one for each figure that a rung has, on one scale, also for a figure that is new', () => {
    const [orders, heat] = plotsOf(price);
    expect([orders?.title, orders?.most, orders?.bars.map(({ rung }) => rung)]).toEqual([
      'Orders a second',
      220,
      ['single', 'five'],
    ]);
    expect([heat?.title, heat?.bars.length]).toEqual(['heatOfRoom', 1]);
  });

  it('has the bytes of a hop by rung, nothing where a rung does not have it', () => {
    expect(hopsOf(price)).toEqual([{ hop: 'gateway → auth', bytes: [undefined, { sent: 700, received: 300 }] }]);
  });

  it.each([
    [figure(1, 0.5, 2), '0.5 … 2'],
    [figure(1), 'one run'],
    [figure(1, 1_000.4, 12_345), '1,000 … 12,350'],
  ])('says how far apart the runs lie: %#', (one, said) => expect(rangeText(one)).toBe(said));

  it.each([
    [[1, 3.9], false],
    [[1, 4.1], true],
    [[], false],
  ])('says that others were on the machine: loads %j of two cores', (loads, busy) =>
    expect(isBusy({ ...price, loads })).toBe(busy),
  );
});
