import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { schemaText } from '../../cli/schema.js';

test.each(['scenario', 'results', 'explanation'] as const)(
  'docs/schema/%s.json is up to date (npm run schemas)',
  (name) => {
    expect(readFileSync(join(import.meta.dirname, `../../docs/schema/${name}.json`), 'utf8')).toBe(schemaText(name));
  },
);
