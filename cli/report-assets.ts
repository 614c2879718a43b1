// What the HTML reports are made with: their compiled script and style, and what they say about how they were made.
import { readFile } from 'node:fs/promises';
import type { ReportAbout, ReportAssets } from '../reports/html/document.js';
import { seatrialVersion } from './version.js';

const PAGE = new URL('../reports/html/page/', import.meta.url);

/** Throws where the build is incomplete: scripts/build-page.mjs writes both files. */
export async function readReportAssets(): Promise<ReportAssets> {
  const [script, style] = await Promise.all(
    ['main.js', 'report.css'].map((name) => readFile(new URL(name, PAGE), 'utf8')),
  );
  return { script, style };
}

export function aboutOf({
  command,
  fingerprint,
}: {
  readonly command: string;
  readonly fingerprint: string;
}): ReportAbout {
  return { version: seatrialVersion(), command, fingerprint };
}
