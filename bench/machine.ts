/** What a figure was taken on; without it nobody can compare. */
import os from 'node:os';
import { round } from './figures.ts';

export const machine = {
  cores: os.cpus().length,
  processor: os.cpus()[0]?.model ?? 'unknown',
  memoryGb: round(os.totalmem() / 2 ** 30, 1),
  kernel: `${os.type()} ${os.release()}`,
  node: process.version,
};

export const machineText = (): string =>
  `${machine.cores} cores (${machine.processor}), ${machine.memoryGb} GB, Node ${machine.node}`;

/** Processes that wanted a core over the last minute. */
export const loadNow = (): number => round(os.loadavg()[0] ?? 0);
