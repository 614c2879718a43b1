// A comparison for spreadsheets and notebooks: every metric, and every changed field, a row. Fields that a spreadsheet would run as a
// formula are defused (OWASP, "CSV Injection").
import { stringify } from 'csv-stringify/sync';
import type { PlainValue } from '../../models/config/document.js';
import type { DiffResult, ResourceChange } from '../../scenarios/result/diff-result.js';
import { printable } from '../escape.js';
import { becauseText } from './because.js';
import { refusalText } from './success-rows.js';
import { subjectName } from './words.js';

type Row = Readonly<Record<string, string | number | null>>;

/** File names with their contents. */
export function diffCsvFiles(result: DiffResult): Readonly<Record<string, string>> {
  return {
    'diff.csv': toCsv(METRIC_COLUMNS, metricRows(result)),
    'success.csv': toCsv(SUCCESS_COLUMNS, successRows(result)),
    'findings.csv': toCsv(FINDING_COLUMNS, findingRows(result)),
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
  'among',
] as const;

const SUCCESS_COLUMNS = [
  'candidate',
  'traffic',
  'request',
  'base_good',
  'candidate_good',
  'base_refused',
  'candidate_refused',
  'base_refused_by',
  'candidate_refused_by',
  'lost',
  'gained',
  'verdict',
  'cause',
  'cause_place',
  'cause_outcome',
] as const;

function successRows({ comparisons }: DiffResult): Row[] {
  return comparisons.flatMap(({ candidate: { name }, success }) =>
    success.map(({ traffic, request, base, candidate, lost, gained, verdict, cause }) => ({
      candidate: name,
      traffic,
      request,
      base_good: base.good,
      candidate_good: candidate.good,
      base_refused: base.refused,
      candidate_refused: candidate.refused,
      base_refused_by: refusalText(base),
      candidate_refused_by: refusalText(candidate),
      lost,
      gained,
      verdict,
      cause: cause?.reason ?? null,
      cause_place: cause?.place ?? null,
      cause_outcome: cause?.outcome ?? null,
    })),
  );
}

const FINDING_COLUMNS = [
  'candidate',
  'from',
  'change',
  'code',
  'where',
  'sentence',
  'because',
  'file',
  'line',
] as const;

/** What the run found, then what the linter found. */
function findingRows({ comparisons }: DiffResult): Row[] {
  return comparisons.flatMap(({ candidate: { name }, findings, lint }) => [
    ...findings.map((own) => ({
      candidate: name,
      from: 'run',
      change: own.change,
      code: own.finding.code,
      where: own.finding.where[0]?.name ?? '',
      sentence: own.finding.sentence,
      because: becauseText(own),
      file: own.causedBy[0]?.position?.file ?? null,
      line: own.causedBy[0]?.position?.line ?? null,
    })),
    ...lint.map(({ code, resource, message, position }) => ({
      candidate: name,
      from: 'lint',
      change: 'new',
      code,
      where: resource,
      sentence: message,
      because: '',
      file: position?.file ?? null,
      line: position?.line ?? null,
    })),
  ]);
}

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
      among: metric.among,
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
