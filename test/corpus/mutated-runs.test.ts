// Real applications with odd values in their fields, all the way through a run: they end, and what cannot be run is said with its place.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDocuments } from '../../models/config/parse.js';
import type { NamedText } from '../../models/config/resource.js';
import { simulate } from '../../models/mesh/run/simulation.js';
import { gather } from '../../scenarios/gather/gather.js';
import { InvalidMeshError, loadMesh } from '../../scenarios/library.js';
import { CHANGES, changedAt } from '../support/mutations.js';
import { isCorpusThere, layOut, readApps } from './init-apps.js';

if (!isCorpusThere) console.warn('no collection of real manifests beside the checkout: skipped');

const MOST_EVENTS = 20_000;
/** There is nothing to run any more: an error about the whole. */
const OF_THE_WHOLE = 'no-scenario';

/** The manifests of each application, a text for each document. */
function applications(): readonly (readonly NamedText[])[] {
  return readApps()
    .filter(({ topologies }) => topologies === undefined)
    .map((app) =>
      gather([layOut(app)]).texts.flatMap((text) =>
        [...parseDocuments(text)]
          .filter(({ value }) => value !== null)
          .map(({ value }, index) => ({
            name: `${index}-${text.name.split('/').at(-1)}`,
            text: JSON.stringify(value),
          })),
      ),
    )
    .filter((texts) => texts.length > 0);
}

describe.skipIf(!isCorpusThere)('applications with odd values', () => {
  const apps = isCorpusThere ? applications() : [];
  const changed = fc
    .tuple(fc.nat(), fc.nat(), CHANGES)
    .map(([app, pick, changes]) => [apps[app % apps.length]!, pick, changes] as const)
    .map(([texts, pick, changes]) =>
      texts.map((text, index) =>
        index === pick % texts.length
          ? { ...text, text: JSON.stringify(changedAt(JSON.parse(text.text), changes)) }
          : text,
      ),
    );

  test('run to their end, or say where they cannot', () => {
    fc.assert(
      fc.property(changed, (texts) => {
        try {
          const { plan } = loadMesh(texts);
          const options = { seed: 'odd', replication: 0, warmupNs: 0, durationNs: 200e6, intervalNs: 100e6 };
          const { events } = simulate(plan, { ...options, maxEvents: MOST_EVENTS });
          expect(events).toBeLessThanOrEqual(MOST_EVENTS);
        } catch (error) {
          if (!(error instanceof InvalidMeshError)) throw error;
          for (const { code, severity, position, message } of error.diagnostics) {
            if (severity === 'error' && code !== OF_THE_WHOLE) expect(position, message).not.toBeNull();
          }
        }
      }),
      { numRuns: 250, seed: 20261126 },
    );
  });
});
