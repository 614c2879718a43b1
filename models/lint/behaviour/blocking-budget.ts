// ST2505 and ST2510: budgets of disruption that let nobody go, and two for one pod.
import type { LintMesh } from '../mesh.js';
import { distinctNames, type LintObject } from '../object.js';
import { dig, mapAt, textMapAt } from '../plain-access.js';
import type { LintPod } from '../pods.js';
import type { Rule } from '../rule.js';
import { boundsText, replicaBounds } from './policies.js';

const SOURCE = 'kubernetes: pkg/controller/disruption/disruption.go';

function budgets(mesh: LintMesh): readonly LintObject[] {
  return mesh.all('policy', 'PodDisruptionBudget');
}

function podsOf(mesh: LintMesh, budget: LintObject): LintPod[] {
  const selector = textMapAt(budget.value, 'spec', 'selector', 'matchLabels');
  if (mapAt(budget.value, 'spec', 'selector', 'matchLabels') === null) return [];
  return mesh.selected(selector, budget.namespace);
}

/** A number or a percentage, rounded up, of `whole`; null where neither. */
function amount(value: ReturnType<typeof dig>, whole: number): number | null {
  if (typeof value === 'number') return value;
  const percent = typeof value === 'string' ? /^(\d+)%$/.exec(value) : null;
  return percent === null ? null : Math.ceil((Number(percent[1]) * whole) / 100);
}

export const blockingBudget: Rule = {
  code: 'ST2505',
  name: 'BlockingBudget',
  title: 'a disruption budget that lets no pod go',
  severity: 'warning',
  why: 'Evictions are refused for good: nodes cannot be drained, upgrades of the cluster hang, and the autoscaler of nodes cannot scale down. Crashes and rollouts are not held up by it.',
  help: 'allow one pod: maxUnavailable: 1, with two replicas or more',
  source: SOURCE,
  check(mesh, report) {
    for (const budget of budgets(mesh)) {
      const all = podsOf(mesh, budget).map((pod) => replicaBounds(mesh, pod));
      let [min, max] = [0, 0];
      for (const bounds of all) {
        if (bounds === null) continue;
        min += bounds.min;
        max += bounds.max;
      }
      if (min === 0) continue;
      const least = amount(dig(budget.value, 'spec', 'minAvailable'), min);
      const away = amount(dig(budget.value, 'spec', 'maxUnavailable'), min);
      const pods = `${boundsText({ min, max })} ${max === 1 ? 'pod' : 'pods'}`;
      if (least !== null && least >= min)
        report(
          budget,
          ['spec', 'minAvailable'],
          `${least} of ${pods} must stay: none may be evicted${max > min ? ' while there are as few as that' : ''}`,
        );
      else if (away === 0)
        report(budget, ['spec', 'maxUnavailable'], `none of ${pods} may go: no node with one can be drained`);
    }
  },
};

export const doubleBudget: Rule = {
  code: 'ST2510',
  name: 'DoubleBudget',
  title: 'two disruption budgets for one pod',
  severity: 'warning',
  why: 'The eviction API refuses a pod that has more than one budget, with an error: such a pod cannot be drained.',
  help: 'let each pod be selected by one budget',
  source: 'kubernetes: pkg/registry/core/pod/storage/eviction.go',
  check(mesh, report) {
    const byPod = new Map<LintObject, LintObject[]>();
    for (const budget of budgets(mesh)) {
      for (const { object } of podsOf(mesh, budget)) byPod.set(object, [...(byPod.get(object) ?? []), budget]);
    }
    for (const [pod, found] of byPod) {
      if (distinctNames(found).length < 2) continue;
      const names = distinctNames(found).join(', ');
      for (const budget of found) report(budget, ['spec', 'selector'], `${names} are all for ${pod.title}`);
    }
  },
};
