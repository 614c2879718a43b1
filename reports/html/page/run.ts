// The page of a run: each part is drawn into its place when it first comes near the screen.
import { readRun } from './data.js';
import { drawParts } from './draw-parts.js';
import { drawEdges } from './parts/edges.js';
import { drawErrors } from './parts/errors.js';
import { drawFidelity } from './parts/fidelity.js';
import { drawLatency } from './parts/latency.js';
import { drawReactions } from './parts/reactions.js';
import { drawSaturation } from './parts/saturation.js';
import { drawServices, serviceDetails } from './parts/services.js';
import { runGraph } from './topology/run-graph.js';
import { Topology } from './topology/topology.js';

const WORDS = 'On services and lines: calls a second, and the share that failed (where any did) or the p99.';

export function drawRun(): void {
  const result = readRun();
  drawParts({
    topology: (mount) => new Topology(runGraph(result), (name) => serviceDetails(result, name), WORDS).mount(mount),
    latency: (mount) => drawLatency(mount, result),
    errors: (mount) => drawErrors(mount, result),
    saturation: (mount) => drawSaturation(mount, result),
    reactions: (mount) => drawReactions(mount, result),
    services: (mount) => drawServices(mount, result),
    edges: (mount) => drawEdges(mount, result),
    fidelity: (mount) => drawFidelity(mount, result.fidelity, result.diagnostics),
  });
}
