// The laws hold in this repository, and the checker sees what it ought to see.
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkLaws, printViolations } from '../../scripts/check-laws.js';
import { checkDeterminism } from '../../scripts/laws/determinism.js';
import { checkDeadFiles, checkSizes, checkTypes, LINES_MAX } from '../../scripts/laws/files.js';
import { checkImports } from '../../scripts/laws/imports.js';
import { checkLookups } from '../../scripts/laws/lookups.js';
import { checkLock, entryPoints } from '../../scripts/laws/packages.js';
import { checkRooms } from '../../scripts/laws/rooms.js';
import { readSource } from '../../scripts/laws/source.js';
import { stripSource } from '../../scripts/laws/strip.js';

const ROOT = join(import.meta.dirname, '../..');

test('the repository keeps its laws', () => {
  expect(printViolations(checkLaws(ROOT))).toBe('');
});

describe('stripSource', () => {
  test.each([
    ["const a = 'Date'; // Date\nDate.now()", "const a = '    ';        \nDate.now()"],
    ['/* ** */ 2 ** 3', '         2 ** 3'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a source text
    ['`Date ${x ? `${Date}` : { a: 1 }.a} Date` + y', '`      {x ? ` {Date}` : { a: 1 }.a}     ` + y'],
    ['const r = /[/"]Date/g; a / Date / b', 'const r = /        /g; a / Date / b'],
    ["x.replace(/'/, 'Date') + \"it's\"", 'x.replace(/ /, \'    \') + "    "'],
    ["'a\\'Date' + Date", "'       ' + Date"],
  ])('%j', (text, code) => {
    expect(stripSource(text).code).toBe(code);
  });
});

describe('imports', () => {
  const messages = (path: string, text: string): string[] =>
    checkImports([readSource(path, text)]).map(({ file, line }) => `${file}:${line}`);

  test.each([
    ['sim/a.ts', "\nimport { b } from '../models/b.js';"],
    ['sim/a.ts', "\nimport { readFileSync } from 'node:fs';"],
    ['models/config/a.ts', "\nconst fs = await import('node:fs');"],
    ['models/plan/a.ts', "\nexport type { X } from '../../scenarios/x.js';"],
    ['reports/a.ts', "\nimport { runScenario } from '../scenarios/run.js';"],
    ['cli/a.ts', "\nimport { x } from '../test/x.js';"],
  ])('%s must not: %j', (path, text) => {
    expect(messages(path, text)).toEqual([`${path}:2`]);
  });

  test.each([
    ['models/plan/a.ts', "import { b } from '../../sim/b.js'; import { c } from '../config/c.js';"],
    [
      'reports/a.ts',
      "import type { RunResult } from '../scenarios/result/run-result.js'; import { createHash } from 'node:crypto';",
    ],
    ['sim/a.ts', "// import { x } from '../models/x.js'\nconst text = \"from '../models/x.js'\";"],
    ['test/a.ts', "import { x } from '../cli/x.js';"],
  ])('%s may: %j', (path, text) => {
    expect(messages(path, text)).toEqual([]);
  });
});

describe('rooms', () => {
  const messages = (...files: readonly (readonly [path: string, text: string])[]): string[] =>
    checkRooms(files.map(([path, text]) => readSource(path, text))).map(({ file }) => file);

  test.each([
    ['models/config/a.ts', "import { b } from '../plan/b.js';"],
    ['models/plan/a.ts', "import type { B } from '../mesh/run/b.js';"],
    ['models/lint/a.ts', "import type { B } from '../mesh/b.js';"],
    ['models/mesh/state/a.ts', "import type { B } from '../client/b.js';"],
    ['models/mesh/wire/a.ts', "import type { B } from '../linkerd/b.js';"],
    ['models/control-plane/a.ts', "import type { B } from '../plan/terms/b.js';"],
    ['models/plan/a.ts', "import type { B } from '../control-plane/b.js';"],
    ['models/mesh/unknown/a.ts', "import type { B } from '../state/b.js';"],
    ['scenarios/reading/a.ts', "import type { B } from '../running/b.js';"],
    ['scenarios/compare/a.ts', "import { runScenario } from '../run.js';"],
  ])('%s must not: %j', (path, text) => {
    expect(messages([path, text])).toEqual([path]);
  });

  test.each([
    ['models/mesh/client/a.ts', "import type { B } from '../state/b.js'; import { c } from './c.js';"],
    ['models/control-plane/a.ts', "import { b } from '../../sim/b.js'; import { c } from '../plan/contract/c.js';"],
    ['models/mesh/client/a.ts', "import { b } from '../../control-plane/b.js';"],
    ['models/mesh/index.ts', "export { b } from './run/b.js';"],
    ['scenarios/run.ts', "import { b } from './compare/b.js'; import { c } from './library.js';"],
    ['models/mesh/run/a.ts', "import { b } from '../../plan/b.js'; import { c } from '../../bounds.js';"],
  ])('%s may: %j', (path, text) => {
    expect(messages([path, text])).toEqual([]);
  });

  test('a circle is found, through types as well', () => {
    const files = [
      ['models/mesh/state/a.ts', "import type { B } from './b.js';"],
      ['models/mesh/state/b.ts', "import { c } from './c.js';"],
      ['models/mesh/state/c.ts', "import type { A } from './a.js';"],
    ] as const;
    expect(messages(...files)).toEqual(['models/mesh/state/a.ts']);
    expect(messages(...files.slice(0, 2))).toEqual([]);
  });
});

describe('determinism', () => {
  const lines = (path: string, text: string): number[] =>
    checkDeterminism([readSource(path, text)]).map(({ line }) => line);

  test.each([
    'new Date()',
    'Date.now()',
    'performance.now()',
    'process.env.X',
    'globalThis.x',
    'Math.random()',
    'Math.pow(2, 3)',
    'Math.log(2)',
    'const { pow } = Math;',
    'x ** 2',
    'x **= 2',
    'queue.shift()',
    'a.localeCompare(b)',
    'setTimeout(f, 1)',
  ])('sim/ must not: %s', (text) => {
    expect(lines('sim/a.ts', `\n${text}`)).toEqual([2]);
    expect(lines('test/a.ts', text)).toEqual([]);
  });

  test('a proxy process is not the process', () => {
    expect(lines('models/a.ts', 'const { process } = pod; process.admit(1); this.process.on(2);')).toEqual([]);
  });

  test('what is exact may stand anywhere, what is not only in sim/math.ts', () => {
    expect(lines('models/a.ts', 'Math.floor(Math.sqrt(x)) + Math.LN2; update(); candidate.Math')).toEqual([1]);
    expect(lines('sim/math.ts', 'Math.log(x) + Math.expm1(y)')).toEqual([]);
    expect(lines('sim/math.ts', 'Math.log10(x)')).toEqual([1]);
  });
});

describe('lookups', () => {
  const types = readSource(
    'models/types.ts',
    'export type StringMap = Readonly<Record<string, string>>;\ninterface A { readonly labels: StringMap; readonly rows: StringMap }\nlet rows: Row[] = [];',
  );
  const lines = (path: string, text: string): number[] =>
    checkLookups([types, readSource(path, text)])
      .filter(({ file }) => file === path)
      .map(({ line }) => line);

  test.each([
    'const UNITS: Readonly<Record<string, number>> = { s: 1 };\nUNITS[word];',
    'const UNITS: Readonly<Record<string, number>> = { s: 1 };\nUNITS[found[2]!] ?? 0;',
    'const sums: Record<string, number> = {};\nsums[name] = (sums.a ?? 0) + 1;',
    'function f(own: StringMap) {\nreturn own[key] === value; }',
    'let a;\nresource.labels[expression.key]',
    'let a;\n(value as PlainMap)[String(step)]',
    'let a;\n(value as { [key: string]: unknown })[step]',
    'let a;\nif (String(key) in map) a = 1;',
    "let a;\nif ('kind' in value && name in value) a = 1;",
  ])('must not: %s', (text) => {
    expect(lines('models/a.ts', text)).toEqual([2]);
    expect(lines('test/a.ts', text)).toEqual([]);
  });

  test.each([
    "labels['app'] ?? labels[`app`]; pod.labels[ZONE_LABEL]",
    'const UNITS: ReadonlyMap<string, number> = new Map(); UNITS.get(word);',
    'lookup(resource.labels, word); Object.hasOwn(labels, word)',
    'result.rows[i]; rows[index]; plan.clusters[state.cluster]',
    "if ('error' in inner) return;\nfor (const key in map) use(key);\ntype M = { readonly [K in keyof T]: T[K] };",
  ])('may: %s', (text) => {
    expect(lines('models/a.ts', text)).toEqual([]);
  });
});

describe('files', () => {
  test('types are not switched off', () => {
    const file = readSource(
      'cli/a.ts',
      '// many: any\nlet a: any;\nb as any;\nlet c: Map<string, any>;\n// @ts-ignore\nany(1); d.any; map((any) => any);\n',
    );
    expect(checkTypes([file]).map(({ line }) => line)).toEqual([2, 3, 4, 5]);
  });

  test('a file has a size', () => {
    expect(checkSizes([readSource('cli/a.ts', 'x\n'.repeat(LINES_MAX))])).toEqual([]);
    expect(checkSizes([readSource('cli/a.ts', 'x\n'.repeat(LINES_MAX + 1))])).toHaveLength(1);
  });

  test('a file that only tests, or only dead files, import is dead', () => {
    const files = [
      readSource('cli/main.ts', "await import('./run.js');"),
      readSource('cli/run.ts', "new Worker(new URL('../scenarios/worker.js', import.meta.url));"),
      readSource('scenarios/worker.ts', ''),
      readSource('sim/dead.ts', "import './also-dead.js';"),
      readSource('sim/also-dead.ts', "import './dead.js';"),
      readSource('sim/tested.ts', ''),
      readSource('test/sim/tested.test.ts', "import '../../sim/tested.js';"),
    ];
    expect(checkDeadFiles(files, ['cli/main.ts']).map(({ file }) => file)).toEqual([
      'sim/dead.ts',
      'sim/also-dead.ts',
      'sim/tested.ts',
    ]);
  });
});

describe('packages', () => {
  test('addresses and install scripts are found', () => {
    const lock = JSON.stringify(
      {
        packages: {
          '': {},
          'node_modules/a': { resolved: 'x', hasInstallScript: true },
          'node_modules/b': { dev: true, hasInstallScript: true },
        },
      },
      null,
      2,
    );
    expect(checkLock(lock).map(({ line }) => line)).toEqual([5, 4]);
  });

  test('entry points come from package.json', () => {
    expect(
      entryPoints(
        '{"bin":{"seatrial":"dist/cli/main.js"},"exports":{".":{"types":"./dist/scenarios/index.d.ts","default":"./dist/scenarios/index.js"}}}',
      ),
    ).toEqual(['cli/main.ts', 'scenarios/index.ts']);
  });
});
