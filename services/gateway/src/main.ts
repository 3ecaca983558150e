import { runProcess } from '@seams/lifecycle';
import { readConfig } from './config.ts';
import { startGateway } from './service.ts';

await runProcess({ service: 'gateway', readConfig, start: startGateway });
