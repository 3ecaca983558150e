/** `npm run ideas`: makes docs/ideas.md anew, from the labs and from tools/ideas/proofs.ts. */
import './system/program.ts';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { pageOf } from './ideas/page.ts';
import { catalogue } from './labs/catalogue.ts';

writeFileSync(path.resolve(import.meta.dirname, '../docs/ideas.md'), pageOf((await catalogue()).labs));
