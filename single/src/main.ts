import { runProcess } from '@seams/lifecycle';
import { startSingle } from './compose.ts';
import { readConfig } from './config.ts';

await runProcess({ service: 'single', readConfig, start: startSingle });
