// What is done to traffic, with its names settled: which sources, and of one of them which requests.
import type { TrafficActionPlan } from '../contract/timeline-plan.js';
import type { Named, TrafficInput } from '../settings/timeline-input.js';
import { suggestion } from '../terms/nearest.js';
import type { TimelineParts } from './parts.js';

/** The numbers of the sources that are meant; null where there is none in the plan, with an error where nobody has written one. @param name null = all of them */
export function sourcesOf(name: Named | null, { traffic, findings }: TimelineParts): number[] | null {
  const { written, planned } = traffic;
  if (name === null) return planned.map((_, index) => index);
  if (!written.includes(name.name)) {
    const problem = `no source of traffic is named ${name.name}`;
    findings.error('traffic-not-found', name.at, problem, suggestion(name.name, written));
    return null;
  }
  const index = planned.findIndex((source) => source.name === name.name);
  return index === -1 ? null : [index];
}

/** null where the names mean nothing, with an error at each. */
export function trafficAction({ name, factor, mix }: TrafficInput, parts: TimelineParts): TrafficActionPlan | null {
  const traffic = sourcesOf(name, parts);
  if (traffic === null || mix === undefined) return traffic === null ? null : { kind: 'traffic', traffic, factor };
  const { planned } = parts.traffic;
  const [source] = traffic;
  if (source === undefined || traffic.length > 1) {
    const names = planned.map((one) => one.name).join(', ');
    parts.findings.error(
      'traffic-not-found',
      mix.at,
      `there are ${planned.length} sources of traffic`,
      `write whose mix it is: \`name\` is one of ${names}`,
    );
    return null;
  }
  const requests = planned[source]!.requests.map((request) => request.name);
  const unknown = mix.shares.filter((one) => !requests.includes(one.name));
  for (const one of unknown) {
    const problem = `${planned[source]!.name} has no request named ${one.name}`;
    parts.findings.error('traffic-not-found', one.at, problem, suggestion(one.name, requests));
  }
  if (unknown.length > 0) return null;
  const shares = requests.map((request) => mix.shares.find((one) => one.name === request)?.share ?? 0);
  return { kind: 'traffic', traffic, factor, mix: shares };
}
