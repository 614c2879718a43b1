// Who a request is: numbers (user, session, address …) drawn once for each request of the traffic, which everything that it causes shares. They are a
// function of the request's key, so a call carries that key and no numbers.
import { compileDistribution, type Distribution } from '../../../sim/distributions/index.js';
import { Draws } from '../../../sim/random/draws.js';
import type { AttributePlan, MeshPlan } from '../../plan/contract/plan.js';
import type { Call } from '../state/call.js';
import { NOTHING } from '../state/nothing.js';

/** The names of the attributes of all traffic, in the order in which they are met: an attribute's id is its place here. */
export function attributeNames(plan: MeshPlan): string[] {
  const names = plan.traffic.flatMap((source) =>
    source.requests.flatMap((request) => request.attributes.map((attribute) => attribute.name)),
  );
  return [...new Set(names)];
}

type Values = Pick<Distribution, 'sample'>;

export class RequestAttributes {
  private readonly draws: readonly Draws[];
  /** By attribute, then by request of the traffic; null where that request has no such attribute. */
  private readonly values: readonly (readonly (Values | null)[])[];
  private readonly names: readonly string[];

  constructor(seed: string, plan: MeshPlan) {
    this.names = attributeNames(plan);
    this.draws = this.names.map((name) => new Draws(seed, `attribute ${name}`));
    const requests = plan.traffic.flatMap((source) => source.requests);
    this.values = this.names.map((name) =>
      requests.map((request) => {
        const attribute = request.attributes.find((candidate) => candidate.name === name);
        return attribute === undefined ? null : valuesOf(attribute);
      }),
    );
  }

  /** NOTHING where no traffic has the attribute. */
  id(name: string): number {
    return this.names.indexOf(name);
  }

  /** The number that the request behind a call has, from 1 on; 0 where it has none. */
  value(attribute: number, call: Call): number {
    if (attribute === NOTHING || call.origin === NOTHING) return 0;
    const distribution = this.values[attribute][call.origin];
    if (distribution === null) return 0;
    return distribution.sample(this.draws[attribute].uniform(call.originHi, call.originLo));
  }
}

function valuesOf({ values, skew }: AttributePlan): Values {
  if (skew > 0) return compileDistribution({ kind: 'zipf', n: values, s: skew });
  return { sample: (u) => Math.min(values, Math.floor(u * values) + 1) };
}
