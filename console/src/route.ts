/** Which page, and what of it: "#/traces?id=…". Behind the #, so the gateway serves one page and knows no other path. */
import { useSyncExternalStore } from 'react';

export interface Route {
  readonly page: string;
  readonly query: URLSearchParams;
}

export function routeOf(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  return { page: path, query: new URLSearchParams(query) };
}

const subscribe = (listener: () => void): (() => void) => {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
};

export const useHash = (): string => useSyncExternalStore(subscribe, () => window.location.hash);
