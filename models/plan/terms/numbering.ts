// The numbers of what a plan is made of. Things are told apart by what they are (a cluster: Envoy's name and the client that sees it; a row: edge,
// request and workload), and keep their numbers in all versions of a configuration that are compiled with one Numbering.
import type { LocalityPlan } from '../contract/plan.js';
import { RequestClasses } from './request-class.js';

/** Numbers from 0 in the order in which things are met first. */
export class Numbers {
  private readonly byKey = new Map<string, number[]>();
  private next = 0;

  /** The number of the only thing with this key. */
  of(key: string): number {
    return this.oneOf(key, () => false);
  }

  /** The number of one of several things with the same key: the first that is free in the same version. */
  oneOf(key: string, isTaken: (number: number) => boolean): number {
    const known = this.byKey.get(key);
    const free = known?.find((number) => !isTaken(number));
    if (free !== undefined) return free;
    const number = this.next++;
    if (known === undefined) this.byKey.set(key, [number]);
    else known.push(number);
    return number;
  }

  /** Lets `number` be found under another key too, where nothing is found there yet. */
  alias(key: string, number: number): void {
    if (!this.byKey.has(key)) this.byKey.set(key, [number]);
  }
}

/** One for all versions of a configuration that a run can reach. */
export class Numbering {
  readonly localities = new Numbers();
  /** The localities by their numbers: they are nothing but what they are called. */
  readonly places: LocalityPlan[] = [];
  readonly workloads = new Numbers();
  readonly zonesOfNodes = new Numbers();
  readonly clusters = new Numbers();
  readonly edges = new Numbers();
  readonly rows = new Numbers();
  readonly sites = new Numbers();
  readonly handlers = new Numbers();
  readonly chains = new Numbers();
  readonly filters = new Numbers();
  /** Retry budgets of ServiceProfiles. */
  readonly budgets = new Numbers();
  readonly classes = new RequestClasses();
  private readonly filterNames = new Map<string, number[]>();

  /** How many filters of the same name, but of other content, were met before filter `number`. */
  filtersBefore(name: string, number: number): number {
    const same = this.filterNames.get(name) ?? [];
    this.filterNames.set(name, same);
    const place = same.indexOf(number);
    return place === -1 ? same.push(number) - 1 : place;
  }
}
