import { runProcess } from '@seams/lifecycle';
import { readConfig } from './config.ts';
import { startAnalytics } from './service.ts';

await runProcess({ service: 'analytics', readConfig, start: startAnalytics });
