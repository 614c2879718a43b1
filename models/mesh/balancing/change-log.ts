// The changes of a run by workload. A mesh has many pods and a proxy few clusters: whoever looks for the changes of one workload walks over no others.
import { NONE } from '../../plan/contract/plan.js';

/** What has become of the pods of a workload; of none (`NONE`): of something else. */
interface Change {
  readonly workload: number;
}

export class ChangeLog<C extends Change> {
  /** By workload: numbers of its changes, growing. */
  private readonly numbers: number[][];
  private sorted = 0;

  /** @param changes of the run, which come to be more */
  constructor(
    private readonly changes: readonly C[],
    workloads: number,
  ) {
    this.numbers = Array.from({ length: workloads }, () => []);
  }

  /** Changes of a workload among the first `end` of the run, in their order. */
  before(workload: number, end: number): readonly C[] {
    return this.numbersOf(workload, 0, end).map((number) => this.changes[number]);
  }

  /** Numbers of the changes of some workloads from `from` on and below `end`, growing. @param has whether a workload is one of them */
  among(
    workloads: readonly number[],
    has: (workload: number) => boolean,
    from: number,
    end: number,
  ): readonly number[] {
    if (end - from <= workloads.length) {
      const found: number[] = [];
      for (let number = from; number < end; number++) if (has(this.changes[number].workload)) found.push(number);
      return found;
    }
    return workloads.flatMap((workload) => this.numbersOf(workload, from, end)).sort((a, b) => a - b);
  }

  private numbersOf(workload: number, from: number, end: number): readonly number[] {
    const { changes, numbers } = this;
    for (; this.sorted < changes.length; this.sorted++) {
      const own = changes[this.sorted].workload;
      if (own !== NONE) numbers[own].push(this.sorted);
    }
    const own = numbers[workload];
    return own.slice(firstFrom(own, from), firstFrom(own, end));
  }
}

/** Index of the first number that is not below `least`. */
function firstFrom(numbers: readonly number[], least: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle] < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
