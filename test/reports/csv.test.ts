import { expect, test } from 'vitest';
import { csvFiles } from '../../reports/csv.js';
import { RESULT } from './fixture.js';

function parse(csv: string): Record<string, string>[] {
  const [header, ...lines] = csv.trimEnd().split('\n');
  const names = header.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((field, index) => [names[index], field])));
}

test('seven files, one row a thing', () => {
  const files = csvFiles(RESULT);
  expect(Object.entries(files).map(([name, csv]) => [name, parse(csv).length])).toEqual([
    ['traffic.csv', 3],
    ['services.csv', 5],
    ['edges.csv', 3],
    ['series.csv', 6],
    ['telemetry.csv', 1],
    ['findings.csv', 0],
    ['origins.csv', 0],
  ]);
});

test('columns carry their units, numbers are not rounded, what is missing is empty', () => {
  const [row] = parse(csvFiles(RESULT)['traffic.csv']);
  expect(row).toMatchObject({
    traffic: 'shoppers',
    request: '',
    offered_per_second: '300',
    offered_per_second_low: '299.1',
    latency_p50_ms: '12.34',
    latency_p99_9_ms: '',
    outcomes: 'no response DC=24;200=59928;503 UO=48',
  });
});

test('a name is never a formula, nor a control sequence', () => {
  const [source] = RESULT.traffic;
  const csv = csvFiles({
    ...RESULT,
    traffic: [{ ...source, name: '=HYPERLINK(1)', requests: [{ ...source.requests[0], name: '\u001b[31m' }] }],
  })['traffic.csv'];
  expect(csv.split('\n')[1].startsWith("'=HYPERLINK(1)")).toBe(true);
  expect(csv).toContain('\\u{1b}[31m');
});
