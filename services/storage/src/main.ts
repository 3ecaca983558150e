import { runProcess } from '@seams/lifecycle';
import { readConfig } from './config.ts';
import { startStorage } from './service.ts';

await runProcess({ service: 'storage', readConfig, start: startStorage });
