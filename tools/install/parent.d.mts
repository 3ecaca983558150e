export function isStartedByNpm(env?: NodeJS.ProcessEnv): boolean;
export function outlivesTerminal(env?: NodeJS.ProcessEnv, input?: number): boolean;
export function whenParentEnds(parent: number, then: () => void): () => void;
