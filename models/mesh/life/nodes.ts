// The nodes of a run: pods find their places on them, and the timeline takes their power, drains them, or lets others have their CPU.
import type { Calendar } from '../../../sim/calendar.js';
import type { NodesPlan } from '../../plan/contract/node-plan.js';
import type { NodeFaultPlan } from '../../plan/contract/timeline-plan.js';
import type { Happenings } from '../recording/happenings.js';
import type { Application } from '../server/application.js';
import type { ActiveFault } from '../server/condition.js';
import { NOTHING } from '../state/nothing.js';
import { LIFE, type Pod } from '../state/pod.js';
import type { Budgets } from './budgets.js';
import type { Controllers } from './controllers.js';
import { Drains } from './drains.js';
import type { Lives } from './lives.js';
import { LostNodes } from './lost-nodes.js';
import type { Membership } from './membership.js';
import { NodePools } from './node-pools.js';
import type { Placing, PodRequest } from './placing.js';
import { Scheduling } from './scheduling.js';

interface Squeeze {
  readonly node: number;
  readonly fault: ActiveFault;
  readonly apps: Set<Application>;
}

export class Nodes implements Placing {
  private readonly scheduling: Scheduling;
  private readonly lost: LostNodes;
  private readonly drains: Drains;
  private readonly pools: NodePools;
  /** By node: how many drains keep it cordoned. */
  private readonly cordons = new Map<number, number>();
  private readonly squeezes = new Set<Squeeze>();

  /** @param apps by number of the pod */
  constructor(
    seed: string,
    calendar: Calendar,
    plan: NodesPlan,
    podsOf: readonly (readonly Pod[])[],
    private readonly apps: readonly Application[],
    controllers: Controllers,
    budgets: Budgets,
    lives: Lives,
    membership: Membership,
    happenings: Happenings,
  ) {
    const scheduling = new Scheduling(seed, calendar, plan, podsOf, happenings);
    scheduling.make = (request, locality) => controllers.placed(request, locality);
    scheduling.settled = (pod, node) => this.settled(pod, node);
    this.scheduling = scheduling;
    const isCordoned = (node: number): boolean => this.cordons.has(node);
    this.lost = new LostNodes(seed, calendar, plan, scheduling, controllers, lives, membership, happenings, isCordoned);
    const daemons = new Set(plan.pods.filter(({ isDaemon }) => isDaemon).map(({ workload }) => workload));
    this.drains = new Drains(calendar, scheduling, controllers, budgets, happenings, (workload) =>
      daemons.has(workload),
    );
    this.pools = new NodePools(seed, calendar, plan, scheduling, happenings, {
      isLost: (node) => this.lost.isDark(node),
      cordon: (node) => this.cordon(node),
      drain: (node, done) => this.drains.begin(node, NOTHING, done),
      join: (node) => this.join(node),
      leave: (node) => this.leave(node),
    });
    controllers.placing = this;
  }

  has(workload: number): boolean {
    return this.scheduling.has(workload);
  }

  seek(request: PodRequest): void {
    this.scheduling.seek(request);
  }

  drop(id: number): void {
    this.scheduling.drop(id);
  }

  ended(pod: Pod): void {
    this.scheduling.ended(pod);
    this.drains.ended(pod);
  }

  together(pod: Pod): number {
    return this.scheduling.together(pod);
  }

  seemsReady(pod: Pod): boolean {
    return this.lost.seemsReady(pod);
  }

  deleteSilent(pod: Pod): void {
    this.lost.deleteSilent(pod);
  }

  /** Something is done to a node. @param atNs when it begins */
  begin(node: number, fault: NodeFaultPlan, entry: number, atNs: number): void {
    switch (fault.kind) {
      case 'lose':
        this.lost.lose(node);
        return;
      case 'drain':
        this.cordon(node);
        this.drains.begin(node, entry);
        return;
      case 'squeeze': {
        const stolen: ActiveFault = { fault: { kind: 'steal', share: fault.share }, sinceNs: atNs, rampNs: 0 };
        const one: Squeeze = { node, fault: stolen, apps: new Set() };
        this.squeezes.add(one);
        for (const pod of this.scheduling.on(node)) this.squeeze(one, pod);
      }
    }
  }

  /** It ends. */
  end(node: number, fault: NodeFaultPlan, entry: number, atNs: number): void {
    switch (fault.kind) {
      case 'lose':
        this.lost.restore(node, entry);
        return;
      case 'drain': {
        const left = (this.cordons.get(node) ?? 1) - 1;
        if (left > 0) this.cordons.set(node, left);
        else this.cordons.delete(node);
        this.scheduling.setNode(node, left > 0, []);
        return;
      }
      case 'squeeze':
        for (const one of this.squeezes) {
          if (one.node !== node || one.fault.sinceNs !== atNs) continue;
          this.squeezes.delete(one);
          for (const app of one.apps) app.recover(one.fault);
          return;
        }
    }
  }

  /** The scheduler tries pods. */
  schedule(): void {
    this.scheduling.run();
  }

  /** The node lifecycle controller looks at the nodes. */
  pass(): void {
    this.lost.pass();
  }

  /** A drain asks again. */
  drain(number: number): void {
    this.drains.ask(number);
  }

  isThere(node: number): boolean {
    return this.scheduling.isThere(node);
  }

  /** The Cluster Autoscaler begins to look. */
  beginScans(): void {
    this.pools.begin();
  }

  /** It looks. */
  scan(): void {
    this.pools.scan();
  }

  /** A node that it has asked for is there. */
  booted(node: number): void {
    this.pools.booted(node);
  }

  private cordon(node: number): void {
    this.cordons.set(node, (this.cordons.get(node) ?? 0) + 1);
    this.scheduling.setNode(node, true, []);
  }

  private join(node: number): void {
    this.lost.join(node);
    this.scheduling.join(node);
  }

  /** A machine is gone; the next one of its name knows nothing of what was done to it. */
  private leave(node: number): void {
    this.scheduling.leave(node);
    this.lost.leave(node);
    this.cordons.delete(node);
    for (const one of this.squeezes) if (one.node === node) this.squeezes.delete(one);
  }

  private settled(pod: Pod, node: number): void {
    // A DaemonSet has its pod on a node without power, too.
    if (this.lost.isDark(node)) pod.life = LIFE.silent;
    for (const one of this.squeezes) if (one.node === node) this.squeeze(one, pod);
  }

  private squeeze({ fault, apps }: Squeeze, pod: Pod): void {
    const app = this.apps[pod.id];
    apps.add(app);
    app.suffer(fault);
  }
}
