import { runProcess } from '@seams/lifecycle';
import { readConfig } from './config.ts';
import { startBusinessLogic } from './service.ts';

await runProcess({ service: 'business-logic', readConfig, start: startBusinessLogic });
