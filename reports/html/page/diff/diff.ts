// The page of a comparison: each part is drawn into its place, for the candidate that is looked at.
import type { Comparison, DiffResult } from '../../../../scenarios/result/diff-result.js';
import { headlineName } from '../../diff/sentences.js';
import { readDiff } from '../data.js';
import { drawParts } from '../draw-parts.js';
import { CandidateViews } from './candidates.js';
import { drawBehaviour } from './parts/behaviour.js';
import { drawConfiguration } from './parts/configuration.js';
import { drawFidelities } from './parts/fidelity.js';
import { drawLatency } from './parts/latency.js';
import { drawOverTime } from './parts/over-time.js';
import { drawPairs } from './parts/pairs.js';
import { drawTopology } from './parts/topology.js';

type DrawPart = (mount: HTMLElement, comparison: Comparison, result: DiffResult) => void;

export function drawDiff(): void {
  const result = readDiff();
  const views = new CandidateViews(
    result.comparisons.map((comparison) => `${comparison.candidate.name}: ${headlineName(comparison).toLowerCase()}`),
  );
  const part = (draw: DrawPart) => (parent: HTMLElement) =>
    views.mount(parent, (mount, candidate) => draw(mount, result.comparisons[candidate]!, result));
  drawParts({
    chooser: (mount) => views.drawChooser(mount),
    pairs: part(drawPairs),
    configuration: part(drawConfiguration),
    topology: part(drawTopology),
    behaviour: part(drawBehaviour),
    'over-time': part(drawOverTime),
    latency: part(drawLatency),
    fidelity: part(drawFidelities),
  });
}
