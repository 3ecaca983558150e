/**
 * What the tools that stay running need of node:http. `import { createServer } from 'node:http'` reads every export of
 * that module, its WebSocket too, and that loads fetch: 11 MB for good in each process. Asked for like this it stays away.
 */
export const { Agent, createServer, get, request, STATUS_CODES } = process.getBuiltinModule('node:http');
