// What silences a finding: comments, annotations, options; and what does not.
import { describe, expect, test } from 'vitest';
import type { LintOptions } from '../../../models/lint/lint.js';
import { lintTexts } from '../../../scenarios/loading/lint.js';

const HEAD = 'apiVersion: networking.istio.io/v1\nkind: DestinationRule\n';
const META = 'metadata: {name: catalogue}\n';
const BODY = `spec:
  host: catalogue
  trafficPolicy:
    outlierDetection:
      consecutiveErrors: 3
    connectionPool:
      http:
        http1MaxPendingRequests: 1
`;

async function codes(text: string, options: LintOptions = {}): Promise<string[]> {
  return (await lintTexts([{ name: 'mesh.yaml', text }], options)).result.findings.map(({ code }) => code);
}

const PLAIN = HEAD + META + BODY;
const BOTH = ['ST2206', 'ST2302'];

test('without a word both are found, and counted as found', async () => {
  const { result } = await lintTexts([{ name: 'mesh.yaml', text: PLAIN }]);
  expect(result.findings.map(({ code }) => code)).toEqual(BOTH);
  expect(result.suppressed).toBe(0);
});

describe('comments', () => {
  const at = (line: string, comment: string): string => PLAIN.replace(line, `${line} ${comment}`);
  const above = (line: string, comment: string): string => {
    const indent = ' '.repeat(line.length - line.trimStart().length);
    return PLAIN.replace(line, `${indent}${comment}\n${line}`);
  };

  test.each([
    ['at the line', at('      consecutiveErrors: 3', '# seatrial-lint: disable=ST2206'), ['ST2302']],
    ['at the block', at('    outlierDetection:', '# seatrial-lint: disable=ST2206'), ['ST2302']],
    ['above the block', above('    connectionPool:', '# seatrial-lint: disable=ST2302'), ['ST2206']],
    ['with a reason', above('    connectionPool:', '# seatrial-lint: disable=ST2302 -- only a demo'), ['ST2206']],
    ['of all rules', at('  trafficPolicy:', '# seatrial-lint: disable'), []],
    ['of several', at('  trafficPolicy:', '# seatrial-lint: disable=ST2206, ST2302'), []],
    ['of another rule', at('  trafficPolicy:', '# seatrial-lint: disable=ST2101'), BOTH],
    ['at another block', at('    connectionPool:', '# seatrial-lint: disable=ST2206'), BOTH],
    ['above the document', `# seatrial-lint: disable=ST2206\n${PLAIN}`, ['ST2302']],
    ['for the file', `${PLAIN}---\n# seatrial-lint: disable-file=ST2302\n`, ['ST2206']],
  ])('%s', async (_what, text, expected) => {
    expect(await codes(text)).toEqual(expected);
  });

  test('above a document: for that document alone', async () => {
    expect(
      await codes(`# seatrial-lint: disable=ST2206\n${PLAIN}---\n${PLAIN.replace('name: catalogue', 'name: web')}`),
    ).toEqual(['ST2302', ...BOTH]);
  });

  test('a code that no rule has is a finding', async () => {
    expect(await codes(at('  trafficPolicy:', '# seatrial-lint: disable=ST9999'))).toEqual(['ST0090', ...BOTH]);
  });
});

describe('annotations', () => {
  const annotated = (annotation: string): string =>
    `${HEAD}metadata: {name: catalogue, annotations: {${annotation}}}\n${BODY}`;

  test.each([
    ['a code', 'seatrial.dev/lint-disable: ST2206', ['ST2302']],
    ['codes', 'seatrial.dev/lint-disable: "ST2206, ST2302"', []],
    ['all', 'seatrial.dev/lint-disable: all', []],
    ["Istio's own, which knows no rule of ours", 'galley.istio.io/analyze-suppress: "*"', BOTH],
  ])('%s', async (_what, annotation, expected) => {
    expect(await codes(annotated(annotation))).toEqual(expected);
  });

  test("Istio's own, for a rule that Istio has", async () => {
    const service = (annotations: string): string =>
      `apiVersion: v1\nkind: Service\nmetadata: {name: a${annotations}}\nspec: {ports: [{name: web, port: 80}]}\n`;
    expect(await codes(service(''))).toEqual(['ST1118']);
    expect(await codes(service(', annotations: {galley.istio.io/analyze-suppress: IST0118}'))).toEqual([]);
  });
});

describe('options', () => {
  test('disabled, only, by code and by alias', async () => {
    expect(await codes(PLAIN, { disabled: ['ST2206'] })).toEqual(['ST2302']);
    expect(await codes(PLAIN, { only: ['ST2206'] })).toEqual(['ST2206']);
    const service = 'apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{name: web, port: 80}]}\n';
    const both = `${PLAIN}---\n${service}`;
    expect(await codes(both, { disabled: ['ST1174'] })).toEqual([...BOTH, 'ST1118']);
    expect(await codes(both, { disabled: ['ST1174', 'IST0118'] })).toEqual(BOTH);
    expect(await codes(both, { only: ['IST0118'] })).toEqual(['ST1118']);
  });
});
