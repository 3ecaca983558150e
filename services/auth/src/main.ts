import { runProcess } from '@seams/lifecycle';
import { readConfig } from './config.ts';
import { startAuth } from './service.ts';

await runProcess({ service: 'auth', readConfig, start: startAuth });
