// The names of all files that seatrial has ever written into a directory of results.

/** Storms of which a scenario is written, at most. */
export const STORM_FILES = 20;

/**
 * Nothing else is ever replaced or removed there, whatever a `meta.json` lists: a list in a file can be forged, this one cannot.
 * A name stays here for ever, so that a later release can replace what an earlier one wrote.
 */
const RESULT_FILES: ReadonlySet<string> = new Set([
  'meta.json',
  'results.json',
  'report.html',
  'report.md',
  'traffic.csv',
  'services.csv',
  'edges.csv',
  'series.csv',
  'telemetry.csv',
  'findings.csv',
  'origins.csv',
  'phases.csv',
  'diff.json',
  'diff.md',
  'diff.csv',
  'changes.csv',
  'findings.csv',
  'success.csv',
  'storm.json',
  ...Array.from({ length: STORM_FILES }, (_, i) => `storm-${i + 1}.yaml`),
]);

export function isResultFile(name: string): boolean {
  return RESULT_FILES.has(name);
}
