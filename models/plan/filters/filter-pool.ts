// The filters of the plan, each once: equal filters of one place are one filter, and share what they remember.
import type { FilterPlan } from '../contract/filter-plan.js';
import type { FilterSource } from '../contract/sources.js';
import { decidingSource } from './deciding-source.js';

type Nameless<T> = T extends FilterPlan ? Omit<T, 'name'> : never;
/** A filter before it has its name. */
export type NewFilter = Nameless<FilterPlan>;

export class FilterPool {
  readonly all: FilterPlan[] = [];
  /** Who wrote each of them. */
  readonly sources: (FilterSource | null)[] = [];
  private readonly numbers = new Map<string, number>();
  private readonly names = new Map<string, number>();

  /**
   * Index of the filter; where several of one `name` differ (by class or caller), each gets a name of its own.
   * @param source who wrote it; of a filter that says what decides it, that is meant
   */
  number(name: string, filter: NewFilter, source: FilterSource | null = decidingSource(filter)): number {
    const key = JSON.stringify([name, filter]);
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    const before = this.names.get(name) ?? 0;
    this.names.set(name, before + 1);
    const index = this.all.length;
    this.all.push({ ...filter, name: before === 0 ? name : `${name} (${before + 1})` } as FilterPlan);
    this.sources.push(source);
    this.numbers.set(key, index);
    return index;
  }
}
