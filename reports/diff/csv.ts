// A comparison for spreadsheets and notebooks: every metric, and every changed field, a row. Fields that a spreadsheet would run as a
// formula are defused (OWASP, "CSV Injection").
import { stringify } from 'csv-stringify/sync';
import type { PlainValue } from '../../models/config/document.js';
import type { DiffResult, ResourceChange } from '../../scenarios/compare/diff-result.js';
import { printable } from '../escape.js';
import { subjectName } from './words.js';

type Row = Readonly<Record<string, string | number | null>>;

/** File names with their contents. */
export function diffCsvFiles(result: DiffResult): Readonly<Record<string, string>> {
  return {
    'diff.csv': toCsv(METRIC_COLUMNS, metricRows(result)),
    'changes.csv': toCsv(CHANGE_COLUMNS, changeRows(result)),
  };
}

const METRIC_COLUMNS = [
  'candidate',
  'rank',
  'subject_kind',
  'subject',
  'metric',
  'outcome',
  'unit',
  'primary',
  'better',
  'base_value',
  'candidate_value',
  'difference',
  'difference_low',
  'difference_high',
  'relative',
  'relative_low',
  'relative_high',
  'margin',
  'verdict',
  'reason',
] as const;

function metricRows({ comparisons }: DiffResult): Row[] {
  return comparisons.flatMap(({ candidate, metrics }) =>
    metrics.map((metric, index) => ({
      candidate: candidate.name,
      rank: index + 1,
      subject_kind: metric.subject.kind,
      subject: subjectName(metric.subject),
      metric: metric.metric,
      outcome: metric.outcome,
      unit: metric.unit,
      primary: metric.isPrimary ? 1 : 0,
      better: metric.better,
      base_value: metric.base,
      candidate_value: metric.candidate,
      difference: metric.difference?.value ?? null,
      difference_low: metric.difference?.low ?? null,
      difference_high: metric.difference?.high ?? null,
      relative: metric.relative?.value ?? null,
      relative_low: metric.relative?.low ?? null,
      relative_high: metric.relative?.high ?? null,
      margin: metric.margin,
      verdict: metric.verdict,
      reason: metric.reason,
    })),
  );
}

const CHANGE_COLUMNS = [
  'candidate',
  'change',
  'group',
  'kind',
  'namespace',
  'name',
  'field_change',
  'path',
  'base_value',
  'candidate_value',
  'base_file',
  'base_line',
  'candidate_file',
  'candidate_line',
] as const;

function changeRows({ comparisons }: DiffResult): Row[] {
  return comparisons.flatMap(({ candidate, changes }) =>
    changes.flatMap((change) => resourceRows(change).map((row) => ({ candidate: candidate.name, ...row }))),
  );
}

/** A row a field; one for an object that came or went. */
function resourceRows({ change, group, kind, namespace, name, base, candidate, fields }: ResourceChange): Row[] {
  const head = { change, group, kind, namespace, name };
  if (fields.length === 0) {
    const none = { field_change: null, path: null, base_value: null, candidate_value: null };
    return [{ ...head, ...none, ...places(base, candidate) }];
  }
  return fields.map((field) => ({
    ...head,
    field_change: field.change,
    path: field.path,
    base_value: fieldValue(field.base),
    candidate_value: fieldValue(field.candidate),
    ...places(field.basePosition, field.candidatePosition),
  }));
}

type Place = { readonly file: string; readonly line: number } | null;

function places(base: Place, candidate: Place): Row {
  return {
    base_file: base?.file ?? null,
    base_line: base?.line ?? null,
    candidate_file: candidate?.file ?? null,
    candidate_line: candidate?.line ?? null,
  };
}

function fieldValue(value: PlainValue): string | number | null {
  return value === null || typeof value === 'string' || typeof value === 'number' ? value : JSON.stringify(value);
}

function toCsv(columns: readonly string[], rows: readonly Row[]): string {
  const safe = rows.map((row) => columns.map((name) => printableField(row[name])));
  return stringify([[...columns], ...safe], { escape_formulas: true });
}

function printableField(field: string | number | null): string | number | null {
  return typeof field === 'string' ? printable(field) : field;
}
