// Names come from YAML that we did not write. A result in which every text is hostile comes out inert in every format.
import { describe, expect, test } from 'vitest';
import { csvFiles } from '../../reports/csv.js';
import { htmlReport } from '../../reports/html/report.js';
import { stableJson } from '../../reports/json.js';
import { markdownReport } from '../../reports/markdown.js';
import { summaryText } from '../../reports/summary.js';
import type { RunResult } from '../../scenarios/result/run-result.js';
import { RESULT } from './fixture.js';

const HOSTILE = [
  '</script><script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '"><svg onload=alert(1)>',
  "' onmouseover='alert(1)",
  '=HYPERLINK("http://evil.example")',
  '+1+1',
  '-2+3',
  '@SUM(1)',
  '\t=1+1',
  '\r=1+1',
  'a\nb: | c `d` **e** [f](g) @team #1 &lt;',
  '\u001b[31mred\u001b]0;title\u0007',
  '\u202egnp.exe',
  '\u0000\u0008',
  '\ud800 alone',
  '--><!--',
  '{{constructor.constructor("alert(1)")()}}',
];

/** Texts that the types hold to a few words. */
const WORDS = new Set([
  'code',
  'schema',
  'kind',
  'reason',
  'verdict',
  'warmup',
  'unit',
  'comparison',
  'severity',
  'status',
]);

function withTexts(value: unknown, text: string): unknown {
  if (Array.isArray(value)) return value.map((item) => withTexts(item, text));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [
      key,
      typeof field === 'string' && !WORDS.has(key) ? text : withTexts(field, text),
    ]),
  );
}

describe.each(HOSTILE)('%j', (name) => {
  const result = withTexts(RESULT, name) as RunResult;

  test('in the terminal', () => {
    const text = summaryText(result, { color: false });
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Bidi_Control}\p{Cs}]/u);
  });

  test('in CSV', () => {
    for (const [file, csv] of Object.entries(csvFiles(result))) {
      for (const row of records(csv)) for (const field of row) expect(field, file).not.toMatch(/^[=+\-@\t\r](?!\d)/);
      expect(csv.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Bidi_Control}\p{Cs}]/u);
      const lengths = new Set(records(csv).map((row) => row.length));
      expect(lengths.size, file).toBe(1);
    }
  });

  test('in Markdown', () => {
    const text = markdownReport(result, { command: `seatrial run '${name}'` });
    const beforeCommand = text.slice(0, text.indexOf('How to repeat this'));
    expect(beforeCommand.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Bidi_Control}\p{Cs}]/u);
    const outsideCode = beforeCommand.replace(/`[^`\n]*`/g, '').replace(/<code>[^<\n]*<\/code>/g, '');
    expect(outsideCode).not.toMatch(/<(?!\/?(details|summary|!-- --)>)/);
    expect(outsideCode).not.toMatch(/@(?!<!-- -->)|\]\(/);
    const tables = beforeCommand.split('\n').filter((line) => line.startsWith('|'));
    expect(new Set(tables.map((line) => line.split('|').length)).size).toBeLessThanOrEqual(2);
  });

  test('in HTML', () => {
    const assets = { script: 'draw();', style: 'p {}' };
    const html = htmlReport(result, assets, { version: '1', command: `seatrial run '${name}'`, fingerprint: 'f' });
    expect(html.match(/<script\b/g)).toHaveLength(2);
    expect(html.match(/<\/script/g)).toHaveLength(2);
    expect(html).not.toMatch(/<(img|svg onload)/);
    expect(html.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Bidi_Control}\p{Cs}]/u);
  });

  test('in JSON', () => {
    const json = stableJson(result);
    expect(JSON.parse(json)).toMatchObject({ scenario: name });
    expect(json).not.toMatch(/\p{Cs}/u);
  });
});

/** RFC 4180, with the quotes taken off. */
function records(csv: string): string[][] {
  const rows: string[][] = [[]];
  let field = '';
  let quoted = false;
  for (let i = 0; i < csv.length; i++) {
    const char = csv[i];
    if (quoted) {
      if (char !== '"') field += char;
      else if (csv[i + 1] === '"') field += csv[i++];
      else quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === ',' || char === '\n') {
      rows[rows.length - 1].push(field);
      field = '';
      if (char === '\n') rows.push([]);
    } else field += char;
  }
  return rows.slice(0, -1);
}
