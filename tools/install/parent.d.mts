export function isStartedByNpm(env?: NodeJS.ProcessEnv): boolean;
export function outlivesTerminal(env?: NodeJS.ProcessEnv, input?: number): boolean;
export function tellProgram(env?: NodeJS.ProcessEnv): void;
export function startedBy(
  env?: NodeJS.ProcessEnv,
  process?: { readonly pid: number; readonly ppid: number },
): { readonly outlivesTerminal: boolean; readonly parent: number | undefined };
export function whenParentEnds(parent: number, then: () => void): () => void;
