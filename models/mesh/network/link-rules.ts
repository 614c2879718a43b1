// What a timeline does to links: rules that hold for messages from some pods to others while they are there. Delays add up, losses and cuts too.
// linux: net/sched/sch_netem.c (delay: uniform about its mean; what is below 0 is sent at once).
import type { LinkEndPlan, LinkFaultPlan } from '../../plan/contract/timeline-plan.js';

/** A pod as a rule knows it. */
export interface LinkPlace {
  readonly workload: number;
  readonly locality: number;
  readonly ordinal: number;
}

export interface LinkRule {
  readonly from: LinkEndPlan;
  readonly to: LinkEndPlan;
  readonly bothWays: boolean;
  readonly fault: LinkFaultPlan;
  readonly sinceNs: number;
  readonly rampNs: number;
  /** Calendar time of its end; Infinity where nobody knows of one. */
  readonly untilNs: number;
}

export class LinkRules {
  private readonly rules: LinkRule[] = [];
  /** Nothing is done to any link. */
  isEmpty = true;

  begin(rule: LinkRule): void {
    this.rules.push(rule);
    this.isEmpty = false;
  }

  end(rule: LinkRule): void {
    this.rules.splice(this.rules.indexOf(rule), 1);
    this.isEmpty = this.rules.length === 0;
  }

  /** How much longer a message takes. @param u uniform draw of the message @param bytes of its body */
  addedNs(from: LinkPlace, to: LinkPlace, u: number, bytes: number, nowNs: number): number {
    let addedNs = 0;
    for (const rule of this.rules) {
      const { fault } = rule;
      if (!concerns(rule, from, to)) continue;
      if (fault.kind === 'delay') {
        addedNs += Math.max(0, fault.addNs + fault.jitterNs * (2 * u - 1)) * grown(rule, nowNs);
      } else if (fault.kind === 'bandwidth') {
        addedNs += (bytes * NS_PER_S) / fault.bytesPerSecond;
      }
    }
    return Math.round(addedNs);
  }

  /** Probability that a packet of a message is lost. */
  loss(from: LinkPlace, to: LinkPlace, nowNs: number): number {
    let kept = 1;
    for (const rule of this.rules) {
      if (rule.fault.kind === 'loss' && concerns(rule, from, to))
        kept *= 1 - rule.fault.probability * grown(rule, nowNs);
    }
    return 1 - kept;
  }

  /** Nothing gets from anywhere to a pod, or from it to anywhere: the node that it is on cannot reach it either. */
  isolates(pod: LinkPlace): boolean {
    return this.rules.some(({ from, to, fault }) => {
      const isWhole = fault.kind === 'partition' || (fault.kind === 'loss' && fault.probability >= 1);
      return isWhole && ((isAnywhere(from) && isIn(to, pod)) || (isAnywhere(to) && isIn(from, pod)));
    });
  }

  /** Calendar time until which nothing gets through; 0: messages do; Infinity: nobody knows. */
  cutUntilNs(from: LinkPlace, to: LinkPlace): number {
    let untilNs = 0;
    for (const rule of this.rules) {
      if (rule.fault.kind === 'partition' && concerns(rule, from, to)) untilNs = Math.max(untilNs, rule.untilNs);
    }
    return untilNs;
  }
}

const NS_PER_S = 1_000_000_000;

function concerns({ from, to, bothWays }: LinkRule, source: LinkPlace, target: LinkPlace): boolean {
  if (isIn(from, source) && isIn(to, target)) return true;
  return bothWays && isIn(to, source) && isIn(from, target);
}

function isAnywhere({ workloads, localities, ordinals }: LinkEndPlan): boolean {
  return workloads === null && localities === null && ordinals === undefined;
}

function isIn({ workloads, localities, ordinals }: LinkEndPlan, { workload, locality, ordinal }: LinkPlace): boolean {
  if (ordinals !== undefined && !ordinals.includes(ordinal)) return false;
  return (workloads === null || workloads.includes(workload)) && (localities === null || localities.includes(locality));
}

function grown({ sinceNs, rampNs }: LinkRule, nowNs: number): number {
  return rampNs === 0 ? 1 : Math.min(1, (nowNs - sinceNs) / rampNs);
}
