// A mesh held to a property: answers take less than 100 ms in the mean, for every load up to a limit and whatever luck the customers have.
// fast-check looks for the load that breaks it, and shrinks it to the smallest. Needs the package fast-check.
// `node examples/library/property.mjs`
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { loadMesh, simulate } from 'seatrial';

const MESH = fileURLToPath(new URL('../minimal/mesh.yaml', import.meta.url));

const meanMs = async (rate, seed) => {
  const mesh = loadMesh(MESH, {
    scenario: {
      traffic: [{ from: 'visitor.default', to: 'http://greeter/hello', rate: `${rate}/s` }],
      services: { greeter: { work: 'exponential(mean=8ms)', workers: 1 } },
    },
  });
  const { totals } = await simulate(mesh, { seed, replications: 1, duration: '20s', workers: 0 });
  return totals.latency.meanMs.value ?? 0;
};

const isQuick = (rateMax) =>
  fc.asyncProperty(
    fc.integer({ min: 1, max: rateMax }),
    fc.string({ minLength: 1 }),
    async (rate, seed) => (await meanMs(rate, seed)) < 100,
  );

for (const rateMax of [180, 400]) {
  const { failed, counterexample } = await fc.check(isQuick(rateMax), { numRuns: 50, seed: 1 });
  const verdict = failed ? `broken from about ${counterexample[0]}/s on` : 'holds';
  console.log(`up to ${rateMax}/s: ${verdict}`);
}
