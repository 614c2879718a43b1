// The result of a run for a terminal: the answer first, then who is slow, who is busy, what acted, and how far to trust it.
import { createColors } from 'picocolors';
import type { RunResult } from '../scenarios/result/run-result.js';
import { findingLead, findingRest } from './summary/findings.js';
import { edgeTable, serviceTable, trafficTable } from './summary/flows.js';
import { headline } from './summary/headline.js';
import { fidelityList, leftOutList, warningList } from './summary/notes.js';
import { objectiveList } from './summary/objectives.js';
import { overTime } from './summary/over-time.js';
import { podTable } from './summary/pods.js';
import { protectionList } from './summary/protections.js';
import { telemetryTable } from './summary/telemetry.js';
import { happenedTable, phaseTable } from './summary/timeline.js';

export interface SummaryOptions {
  /** Whether to colour; the caller knows its terminal. */
  readonly color: boolean;
  /** Columns of the terminal, at least 40; default 80. No line is longer. */
  readonly width?: number;
}

export function summaryText(result: RunResult, { color, width = 80 }: SummaryOptions): string {
  const colors = createColors(color);
  const sections = [
    leftOutList,
    headline,
    happenedTable,
    phaseTable,
    findingLead,
    objectiveList,
    trafficTable,
    overTime,
    serviceTable,
    edgeTable,
    podTable,
    telemetryTable,
    findingRest,
    protectionList,
    warningList,
    fidelityList,
  ];
  const blocks = sections
    .map((section) => section(result, Math.max(40, width), colors))
    .filter((lines) => lines.length > 0);
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}
