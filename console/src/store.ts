import { useSyncExternalStore } from 'react';

/** A value outside of React that pages read and change: it stays when a page is left. */
export interface Store<T> {
  get(): T;
  set(next: T): void;
  change(by: (now: T) => T): void;
  subscribe(listener: () => void): () => void;
}

export function storeOf<T>(first: T): Store<T> {
  let value = first;
  const listeners = new Set<() => void>();
  const set = (next: T): void => {
    value = next;
    for (const listener of listeners) listener();
  };
  return {
    get: () => value,
    set,
    change: (by) => set(by(value)),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export const useStore = <T>(store: Store<T>): T => useSyncExternalStore(store.subscribe, store.get);
