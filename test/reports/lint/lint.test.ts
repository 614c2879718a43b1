// The four ways in which findings are written.
import { createColors } from 'picocolors';
import { describe, expect, test } from 'vitest';
import type { Severity } from '../../../models/config/diagnostic.js';
import { RULES } from '../../../models/lint/rules.js';
import { displayWidth } from '../../../reports/layout.js';
import { lintGithub } from '../../../reports/lint/github.js';
import { lintJson } from '../../../reports/lint/json.js';
import { lintSarif } from '../../../reports/lint/sarif.js';
import { lintText } from '../../../reports/lint/text.js';
import { lintTexts } from '../../../scenarios/loading/lint.js';

const TEXT = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: "cata%logue", namespace: shop}
spec:
  hosts: [catalogue]
  http:
    - timeout: 1s
      retries: {attempts: 2, perTryTimeout: 400ms}
      route:
        - destination: {host: catalogue}
    - route:
        - destination: {host: a}
          weight: 90
        - destination: {host: b}
          weight: 5
`;

const { result, texts } = await lintTexts([{ name: 'mesh/a,b.yaml', text: TEXT }]);

function text(show: Severity = 'info', width = 80, color = false): string {
  return lintText(result, { colors: createColors(color), width, show, texts });
}

describe('text', () => {
  test('place, severity, code, what it means, the line and how to put it right', async () => {
    expect(text().split('\n').slice(0, 11)).toEqual([
      '',
      ' mesh/a,b.yaml',
      '',
      '     8:7  warning  more tries than the time-out has room for              ST2101',
      '          VirtualService shop/cata%logue · spec.http[0].retries',
      '          3 tries of 400ms need 1s200ms, and the time-out is 1s: the last is cut',
      '          to 200ms',
      '       8  │       retries: {attempts: 2, perTryTimeout: 400ms}',
      '          ╰ help: raise timeout, or lower attempts or perTryTimeout',
      '',
      expect.stringContaining('ST2112'),
    ]);
  });

  test.each([80, 110])('no line is wider than %d columns', async (width) => {
    for (const line of text('info', width).split('\n')) expect(displayWidth(line), line).toBeLessThanOrEqual(width);
  });

  test('what is hidden is counted', async () => {
    const shown = text('warning');
    expect(shown).not.toContain('ST2214');
    expect(shown).toContain('not shown');
  });

  test('colour changes nothing but colour', async () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences of colour
    expect(text('info', 80, true).replace(/\u001b\[\d+m/g, '')).toBe(text());
  });

  test('nothing found', async () => {
    const empty = await lintTexts([{ name: 'a.yaml', text: '' }]);
    expect(lintText(empty.result, { colors: createColors(false), width: 80, show: 'info', texts: [] })).toContain(
      'nothing to report in 0 objects of 1 file',
    );
  });
});

test('json', async () => {
  const parsed = JSON.parse(lintJson(result, 'info'));
  expect(parsed.schema).toBe('seatrial.lint/1');
  expect(parsed.findings[0]).toMatchObject({
    code: 'ST2101',
    alias: null,
    severity: 'warning',
    resource: 'VirtualService shop/cata%logue',
    path: 'spec.http[0].retries',
    position: { file: 'mesh/a,b.yaml', line: 8, column: 7 },
  });
  expect(JSON.parse(lintJson(result, 'error')).findings).toEqual([]);
  expect(JSON.parse(lintJson(result, 'error')).counts).toEqual(parsed.counts);
});

test('sarif', async () => {
  const log = JSON.parse(lintSarif(result, { show: 'info', rules: RULES, version: '1.2.3' }));
  expect(log.version).toBe('2.1.0');
  const [run] = log.runs;
  expect(run.tool.driver).toMatchObject({ name: 'seatrial', version: '1.2.3' });
  for (const { ruleId, ruleIndex, level } of run.results) {
    expect(run.tool.driver.rules[ruleIndex].id).toBe(ruleId);
    expect(['error', 'warning', 'note']).toContain(level);
  }
  expect(run.results[0].locations[0].physicalLocation).toEqual({
    artifactLocation: { uri: 'mesh/a%2Cb.yaml' },
    region: { startLine: 8, startColumn: 7 },
  });
  const ids = run.tool.driver.rules.map(({ id }: { id: string }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test('github', async () => {
  const [first, ...rest] = lintGithub(result, 'info').trimEnd().split('\n');
  expect(first).toBe(
    '::warning file=mesh/a%2Cb.yaml,line=8,col=7,title=ST2101 more tries than the time-out has room for::VirtualService shop/cata%25logue: 3 tries of 400ms need 1s200ms, and the time-out is 1s: the last is cut to 200ms%0AHelp: raise timeout, or lower attempts or perTryTimeout',
  );
  for (const line of rest) expect(line).toMatch(/^::(error|warning|notice) file=/);
});
