// Writes docs/schema/*.json anew from the compiled schemas: npm run schemas (after a build).
import { mkdirSync, writeFileSync } from 'node:fs';
import { schemaText } from '../dist/cli/schema.js';

const folder = new URL('../docs/schema/', import.meta.url);
mkdirSync(folder, { recursive: true });
for (const name of ['scenario', 'results', 'explanation'])
  writeFileSync(new URL(`${name}.json`, folder), schemaText(name));
