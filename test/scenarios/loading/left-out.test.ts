// One object that a cluster would refuse: the mesh runs without it, every report says so first, and `strict` refuses the whole.
import { expect, it } from 'vitest';
import { loadResources } from '../../../models/config/load.js';
import { diffMarkdown } from '../../../reports/diff/markdown.js';
import { diffText } from '../../../reports/diff/text.js';
import { overview } from '../../../reports/html/sections/overview.js';
import { markdownReport } from '../../../reports/markdown.js';
import { summaryText } from '../../../reports/summary.js';
import { compare, InvalidMeshError, loadMesh, simulate } from '../../../scenarios/library.js';
import { lintTexts } from '../../../scenarios/loading/lint.js';
import { inferenceOf } from '../init/mesh.js';

const MESH = `
apiVersion: v1
kind: Service
metadata: {name: shop}
spec: {selector: {app: shop}, ports: [{name: http, port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}
spec: {selector: {matchLabels: {app: shop}}, template: {metadata: {labels: {app: shop}}, spec: {containers: [{name: c, image: shop}]}}}
`;
const ROUTE = (timeout: string) => `---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: slow}
spec: {hosts: [shop], http: [{timeout: ${timeout}, route: [{destination: {host: shop}}]}]}
`;
const scenario = {
  traffic: [{ name: 'visitors', to: 'http://shop.default:80', rate: '50/s' }],
  run: { duration: '1s', warmup: '0s', replications: 1 },
};
const SAID = '1 object that a cluster would refuse is left out: VirtualService default/slow';

function load(text: string, strict = false) {
  return loadMesh([{ name: 'mesh.yaml', text }], { scenario, strict });
}

it('what is refused is a warning with its place, named once more, and listed; strict refuses the whole', () => {
  const { diagnostics, fidelity } = load(MESH + ROUTE('soon'));
  expect(diagnostics).toContainEqual(
    expect.objectContaining({
      code: 'wrong-type',
      severity: 'warning',
      position: { file: 'mesh.yaml', line: 15, column: 40 },
    }),
  );
  expect(diagnostics).toContainEqual(expect.objectContaining({ code: 'objects-left-out', message: SAID }));
  expect(fidelity).toContainEqual(expect.objectContaining({ resource: 'VirtualService default/slow', path: '' }));
  expect(() => load(MESH + ROUTE('soon'), true)).toThrow(InvalidMeshError);
});

it('is an error still: what is no YAML, and a scenario that needs what was refused', () => {
  expect(() => load(`${MESH}---\nkind: [\n`)).toThrow(InvalidMeshError);
  expect(() => load(MESH.replace('port: 80', 'port: web'))).toThrow(InvalidMeshError);
});

it('stands first in every report of a run', async () => {
  const result = await simulate(load(MESH + ROUTE('soon')), { workers: 0 });
  expect(result.warnings[0]).toMatchObject({ code: 'objects-left-out', message: SAID });
  const flat = (text: string): string => text.replace(/\s+/g, ' ');
  expect(flat(summaryText(result, { color: false, width: 120 })).indexOf(SAID)).toBeLessThan(10);
  expect(markdownReport(result, { command: 'x' }).indexOf(SAID)).toBeLessThan(40);
  const html = overview(result).text;
  expect(html.indexOf('would refuse')).toBeLessThan(html.indexOf('<h1'));
  expect(html.match(/would refuse/g)).toHaveLength(1);
});

it('stands first in a comparison, under the name of its world', async () => {
  const named = (text: string, name: string) => loadMesh([{ name: 'mesh.yaml', text }], { scenario, name });
  const result = await compare(named(MESH + ROUTE('1s'), 'before'), named(MESH + ROUTE('soon'), 'after'), {
    workers: 0,
    replications: 2,
  });
  expect(diffText(result, { color: false, width: 160 })).toMatch(/^ ! after: 1 object that a cluster would refuse/);
  expect(diffMarkdown(result, { command: 'x' })).toMatch(/^> \[!WARNING\]\n>\n> after: 1 object/);
});

it('the linter calls it an error, and init names it', async () => {
  const { result } = await lintTexts([{ name: 'mesh.yaml', text: MESH + ROUTE('soon') }]);
  expect(result.findings.filter(({ severity }) => severity === 'error')).toHaveLength(1);
  const text = `${MESH + ROUTE('soon')}`;
  const resources = loadResources([{ name: 'mesh.yaml', text }], { leaveOut: true });
  expect(resources.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(inferenceOf(text)).toBeDefined();
});
