/** What `npm run generate` writes into the chart, and which of it the checkout has not. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DASHBOARDS_FOLDER, dashboardFiles } from './dashboards.ts';
import { CHART_FACTS_FILE, chartFactsText } from './facts.ts';

const chartFiles = (): Map<string, string> =>
  new Map([
    [CHART_FACTS_FILE, chartFactsText()],
    ...[...dashboardFiles()].map(([name, text]): [string, string] => [`${DASHBOARDS_FOLDER}/${name}`, text]),
  ]);

export function writeChartFiles(root: string): void {
  for (const [file, text] of chartFiles()) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  }
}

/** Files that are missing or differ. */
export const staleChartFiles = (root: string): string[] =>
  [...chartFiles()]
    .filter(
      ([file, text]) => !existsSync(path.join(root, file)) || readFileSync(path.join(root, file), 'utf8') !== text,
    )
    .map(([file]) => file);
