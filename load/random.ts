/**
 * Seeded random numbers: xoshiro128** (Blackman and Vigna, 2018, public domain: prng.di.unimi.it/xoshiro128starstar.c), its
 * state filled by SplitMix32. Each thing that is drawn has a stream of its own, named by numbers, so that what one order
 * draws does not depend on what became of another.
 */
export interface Random {
  /** 32 bits. */
  bits(): number;
  /** From 0 to below 1. */
  next(): number;
  /** A whole number from 0 to below `bound`. */
  below(bound: number): number;
  chance(probability: number): boolean;
  /** The gap to the next arrival of a Poisson process. */
  exponential(mean: number): number;
}

/** What a stream is for; its first number. */
export const STREAM = { arrivals: 0, order: 1, attempt: 2, replays: 3 } as const;

export const SEED_MAX = 2 ** 32 - 1;

export function randomOf(seed: number, ...stream: readonly number[]): Random {
  let start = seed | 0;
  for (const part of stream) start = mixed(start + GOLDEN) ^ part;
  const words = [1, 2, 3, 4].map((word) => mixed(start + word * GOLDEN)) as [number, number, number, number];
  return fromState(words);
}

const GOLDEN = 0x9e3779b9;

function mixed(word: number): number {
  let x = word | 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return x ^ (x >>> 15);
}

const rotated = (word: number, by: number): number => (word << by) | (word >>> (32 - by));

export function fromState(state: readonly [number, number, number, number]): Random {
  let [a, b, c, d] = state;
  const bits = (): number => {
    const result = Math.imul(rotated(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotated(d, 11);
    return result;
  };
  const next = (): number => bits() / 2 ** 32;
  return {
    bits,
    next,
    below: (bound) => Math.floor(next() * bound),
    chance: (probability) => next() < probability,
    exponential: (mean) => -Math.log(1 - next()) * mean,
  };
}
