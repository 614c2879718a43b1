// What the metrics are about: kinds in the words of the page, and a key for each subject.
import type { DiffMetric, DiffSubject } from '../../../../scenarios/result/diff-result.js';

export const KIND_LABELS: Readonly<Record<DiffSubject['kind'], string>> = {
  all: 'all traffic',
  traffic: 'traffic',
  request: 'requests',
  service: 'services',
  workload: 'versions',
  edge: 'calls between services',
  'edge-request': 'calls by request class',
  cluster: 'pools (ejections)',
};

export type MetricFamily = 'latency' | 'errors' | 'rates' | 'retries' | 'busy';

export const FAMILY_LABELS: Readonly<Record<MetricFamily, string>> = {
  latency: 'latency',
  errors: 'errors and outcomes',
  rates: 'rates',
  retries: 'retries and ejections',
  busy: 'utilisation',
};

export function familyOf(metric: DiffMetric): MetricFamily {
  switch (metric) {
    case 'errors':
    case 'refused':
    case 'outcome':
      return 'errors';
    case 'offered':
    case 'served':
    case 'goodput':
      return 'rates';
    case 'retries':
    case 'attempts':
    case 'ejections':
      return 'retries';
    case 'cpu':
    case 'workers':
    case 'proxy':
      return 'busy';
    default:
      return 'latency';
  }
}

/** The same for the same subject. */
export function subjectKey(subject: DiffSubject): string {
  return JSON.stringify(Object.values(subject));
}
