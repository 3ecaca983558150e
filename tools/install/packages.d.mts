import type { ChildProcess } from 'node:child_process';

export function whyInstall(checkout: string): string | undefined;
export function whyNotThisNpm(userAgent?: string): string | undefined;
export function startInstall(checkout: string, env?: NodeJS.ProcessEnv): ChildProcess;
export function linkPostgresLibraries(checkout: string): number;
