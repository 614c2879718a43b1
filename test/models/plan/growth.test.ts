// The work of reading and planning grows as the mesh, whatever it holds: counted, not timed. A list that is looked through for each service, a list that
// is made anew for each: four times the services are sixteen times the executions of some block, and its name is in the failure.
import { afterAll, expect, test } from 'vitest';
import { growingFaster, startCounting } from '../../support/growth.js';
import { type WideMesh, wideMesh } from '../../support/wide-mesh.js';

const counter = startCounting();
afterAll(() => counter.stop());

// What is compiled before the counting starts is not counted.
const { loadResources } = await import('../../../models/config/load.js');
const { parseDocuments } = await import('../../../models/config/parse.js');
const { validateScenario } = await import('../../../scenarios/document/validate.js');
const { interpretScenario } = await import('../../../scenarios/reading/interpret.js');

const OURS = /\/(?:sim|models|scenarios)\/[\w/-]+\.ts /;
const SERVICES = 30;
const TIMES = 4;
/** Sorting takes n log n, and some parts begin with the second service. */
const FACTOR = 1.6 * TIMES;
/** Of the large mesh: a block in squares is executed 14,400 times. */
const IGNORED = 4000;

function plan({ manifests, scenario }: WideMesh): void {
  const [raw] = parseDocuments({ name: 'scenario.yaml', text: scenario });
  const { document, diagnostics } = validateScenario(raw!);
  expect(diagnostics).toEqual([]);
  const resources = loadResources([{ name: 'mesh.yaml', text: manifests }]);
  const found = interpretScenario(raw!, document!, resources);
  expect([...resources.diagnostics, ...found.diagnostics].filter(({ severity }) => severity === 'error')).toEqual([]);
}

/** What grows in squares: V8 forgets counts of what it compiles anew in between, but what grows does so each time. */
function squares(small: () => void, large: () => void, files: RegExp): string[] {
  const measured = (): Map<string, string> => {
    const before = counter.count(small, files);
    return growingFaster(before, counter.count(large, files), FACTOR, IGNORED);
  };
  small();
  const first = measured();
  if (first.size === 0) return [];
  return [...measured()].filter(([name]) => first.has(name)).map(([name, counts]) => `${name}: ${counts}`);
}

test('squares are found', () => {
  const all = (count: number) => Array.from({ length: count }, (_, number) => number);
  const inLine = (count: number) => all(100 * count).filter((number) => number > 0);
  const inSquares = (count: number) => all(count).map((number) => all(count).filter((other) => other > number));
  const files = /growth\.test\.ts inSquares|growth\.test\.ts inLine|growth\.test\.ts {2}/;
  const work = (run: (count: number) => unknown) => (count: number) => () => void run(count);
  const [line, square] = [inLine, inSquares].map(work);
  expect(squares(line!(SERVICES), line!(SERVICES * TIMES), files)).toEqual([]);
  expect(squares(square!(SERVICES), square!(SERVICES * TIMES), files)).not.toEqual([]);
});

test.each(['istio', 'ambient', 'linkerd'] as const)('nothing grows in squares in a mesh of %s', (proxies) => {
  const small = wideMesh(SERVICES, proxies);
  const large = wideMesh(SERVICES * TIMES, proxies);
  expect(
    squares(
      () => plan(small),
      () => plan(large),
      OURS,
    ),
  ).toEqual([]);
});
