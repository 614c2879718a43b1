// The way of one request at a time of the timeline: what holds then, and which configuration the cluster has.
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { explainRequest } from '../../../scenarios/explain/explain-request.js';
import { readExplanation } from '../../../scenarios/explain/explain-schema.js';

const FILE = join(import.meta.dirname, '../../cli/scenarios/apply-later.yaml');
const S = 1e9;

function at(seconds: number | undefined) {
  const { explanation, diagnostics } = explainRequest([FILE], {
    from: 'visitor.default',
    to: 'http://greeter/hello',
    method: 'GET',
    headers: {},
    atNs: seconds === undefined ? undefined : seconds * S,
  });
  if (explanation === null) throw new Error(JSON.stringify(diagnostics));
  const timeoutNs = explanation.hops[0].route.timeout.ns;
  const held = explanation.at?.conditions.map(({ name, growth, isOnWay }) => [name, growth, isOnWay]);
  return { explanation, held, timeoutNs, configuration: explanation.at?.configuration };
}

describe('a time of the timeline', () => {
  test('that is not asked for says nothing', () => {
    expect(at(undefined)).toMatchObject({ held: undefined, timeoutNs: 0 });
    expect(at(undefined).explanation).not.toHaveProperty('at');
  });

  test('has what holds then, with its size, and whether it is on the way', () => {
    expect(at(59).held).toEqual([]);
    expect(at(60).held).toEqual([['hang 1 pod of greeter', 1, true]]);
    expect(at(150).held).toEqual([
      ['hang 1 pod of greeter', 1, true],
      ['2 times the traffic: all traffic', 0.5, false],
    ]);
    expect(at(180).held).toEqual([['2 times the traffic: all traffic', 1, false]]);
  });

  test('tells of what is over at once for a while', () => {
    const names = (seconds: number) => at(seconds).held?.map(([name]) => name);
    expect(names(449)).toContain('kill 1 pod of greeter');
    expect(names(450)).not.toContain('kill 1 pod of greeter');
  });

  test('has the configuration that the cluster has then', () => {
    expect(at(299)).toMatchObject({ timeoutNs: 0, configuration: { version: 0, sinceSeconds: null } });
    expect(at(300)).toMatchObject({ timeoutNs: 700e6, configuration: { version: 1, sinceSeconds: 300 } });
  });

  test('is part of the published JSON', () => {
    const { explanation } = at(150);
    expect(readExplanation(JSON.parse(JSON.stringify(explanation)))).toEqual(explanation);
  });

  test('lies within the run', () => {
    expect(() => at(600)).toThrow('at 10m the run is over');
  });
});
