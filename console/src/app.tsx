import { type ComponentType, useEffect, useRef } from 'react';
import { AuditPage } from './audit/page.tsx';
import { BreakPage } from './breakage/page.tsx';
import { CounterPage } from './counter/page.tsx';
import { FloorPage } from './floor/page.tsx';
import { LabsPage } from './labs/page.tsx';
import { Mishap } from './mishap.tsx';
import { PricePage } from './price/page.tsx';
import { routeOf, useHash } from './route.ts';
import { TracesPage } from './traces/page.tsx';

interface Page {
  readonly path: string;
  readonly name: string;
  readonly Show: ComponentType<{ readonly query: URLSearchParams }>;
}

/** In one file: fetched when it is opened, a page would be missing just when there is too much, for then its file is refused. */
const pages: readonly Page[] = [
  { path: 'counter', name: 'Counter', Show: CounterPage },
  { path: 'floor', name: 'Floor', Show: FloorPage },
  { path: 'break', name: 'Break it', Show: BreakPage },
  { path: 'labs', name: 'Labs', Show: LabsPage },
  { path: 'traces', name: 'Traces', Show: TracesPage },
  { path: 'audit', name: 'Audit', Show: AuditPage },
  { path: 'price', name: 'Price', Show: PricePage },
];

export function App() {
  const { page, query } = routeOf(useHash());
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  const shown = pages.find(({ path }) => path === page) ?? (page === '' ? pages[0] : undefined);
  const name = shown?.name ?? 'No such page';

  useEffect(() => {
    document.title = `${name} – Seams`;
    // Who came by a link in here reads on at the new page; who opened it begins at the top of the window.
    if (!first.current) main.current?.focus();
    first.current = false;
  }, [name]);

  return (
    <>
      <a className="skip" href="#main" onClick={(event) => skipTo(event, main.current)}>
        Skip to the page
      </a>
      <header className="top">
        <span className="brand">Seams</span>
        <nav aria-label="Pages">
          <ul>
            {pages.map((one) => (
              <li key={one.path}>
                <a href={`#/${one.path}`} aria-current={one === shown ? 'page' : undefined}>
                  {one.name}
                </a>
              </li>
            ))}
          </ul>
        </nav>
      </header>
      <main id="main" ref={main} tabIndex={-1} aria-label={name}>
        <Mishap key={page}>{shown ? <shown.Show query={query} /> : <h1>There is no page “{page}”</h1>}</Mishap>
      </main>
    </>
  );
}

/** The part behind # says which page it is, so this link must not change it. */
function skipTo(event: { preventDefault(): void }, main: HTMLElement | null): void {
  event.preventDefault();
  main?.focus();
}
