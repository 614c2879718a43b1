// Pods that are deleted: who comes in their place and when, applications that drain, pods without a proxy. What callers meet is in test/conformance/change-endings.test.ts.
import { describe, expect, it } from 'vitest';
import { stoppingOf } from '../../../../models/mesh/life/stopping.js';
import type { HappeningKind } from '../../../../models/mesh/recording/happenings.js';
import type { ReplicationResult } from '../../../../models/mesh/recording/result.js';
import { simulate } from '../../../../models/mesh/run/simulation.js';
import type { ControllerPlan } from '../../../../models/plan/contract/controller-plan.js';
import { CLASSIC_PROXY, LINKERD_PROXY, type StoppingPlan } from '../../../../models/plan/contract/stopping-plan.js';
import type { TimelineEntryPlan } from '../../../../models/plan/contract/timeline-plan.js';
import { controller, DEPLOYMENT, STATEFUL_SET } from '../../../support/controllers.js';
import { MS, S, type SmallPlan, smallPlan, work } from '../../../support/plans.js';

const WEB = 1;
const STOP: TimelineEntryPlan = {
  name: 'stop',
  position: null,
  startsNs: [2 * S],
  durationNs: 0,
  rampNs: 0,
  action: {
    kind: 'pods',
    target: { workloads: [WEB], localities: null, ordinals: null, pods: { kind: 'count', count: 1 } },
    fault: { kind: 'stop', graceSeconds: null },
  },
};

function run(
  stopping: StoppingPlan,
  small: SmallPlan = {},
  kind: ControllerPlan['kind'] = DEPLOYMENT,
): ReplicationResult {
  const plan = smallPlan({
    arrivals: [{ kind: 'open', process: 'constant', profile: [{ atNs: 0, ratePerSecond: 10 }] }],
    program: [work(20 * MS)],
    pods: 2,
    ...small,
  });
  const workloads = plan.workloads.map((one, index) => (index === WEB ? { ...one, stopping } : one));
  const options = { seed: 'stop', replication: 0, warmupNs: 0, durationNs: 60 * S, intervalNs: S, maxEvents: 1e6 };
  return simulate({ ...plan, workloads, timeline: [STOP], controllers: [controller({ replicas: 2, kind })] }, options);
}

function timesOf({ happenings = [] }: ReplicationResult, kind: HappeningKind): number[] {
  return happenings.filter((one) => one.kind === kind).map(({ atNs }) => atNs / S);
}

const failed = ({ traffic }: ReplicationResult): number =>
  traffic[0]!.outcomes.filter(({ good }) => !good).reduce((sum, { count }) => sum + count, 0);

const PATIENT: StoppingPlan = {
  graceSeconds: 20,
  hookNs: 0,
  onSigterm: 'ignore',
  proxy: CLASSIC_PROXY,
};

describe('who comes in the place of a pod that goes', () => {
  it('comes at once, or where the name stays after the end of the old one', () => {
    const at = (result: ReplicationResult) => [timesOf(result, 'pod created')[0], timesOf(result, 'pod ended')[0]];
    const [created, ended] = at(run(PATIENT));
    expect(created).toBe(2);
    // The application ignores SIGTERM: SIGKILL after 20 s, which the kubelet sees within a second.
    expect(ended).toBeGreaterThanOrEqual(22);
    expect(ended).toBeLessThan(23);
    const [later, over] = at(run(PATIENT, {}, STATEFUL_SET));
    expect(later).toBe(over);
  });
});

describe('a pod without a proxy', () => {
  const alone = { clientProxy: null, serverProxy: null };

  it('is gone with its application', () => {
    const ended = timesOf(run({ ...PATIENT, proxy: null, onSigterm: 'exit' }, alone), 'pod ended')[0]!;
    expect(ended).toBeGreaterThanOrEqual(2);
    expect(ended).toBeLessThan(3);
  });

  it('ends what it has where it drains: nothing that it had is lost', () => {
    const own: StoppingPlan = { ...PATIENT, proxy: null, hookNs: 3 * S, onSigterm: 'drain' };
    const result = run(own, { ...alone, program: [work(2 * S)] });
    expect(failed(result)).toBe(0);
    expect(timesOf(result, 'pod ended')[0]).toBeGreaterThanOrEqual(5);
  });
});

describe('the end of a pod of which the plan says nothing', () => {
  it('is that of Kubernetes, with a classic sidecar, or with the proxy of Linkerd', () => {
    const { workloads } = smallPlan();
    const web = workloads[WEB]!;
    expect(stoppingOf(web)).toMatchObject({ graceSeconds: 30, onSigterm: 'exit', proxy: CLASSIC_PROXY });
    const linkerd = { ...web, proxy: { ...web.proxy!, product: 'linkerd' as const } };
    expect(stoppingOf(linkerd).proxy).toEqual(LINKERD_PROXY);
    expect(stoppingOf({ ...web, proxy: null }).proxy).toBeNull();
  });
});
