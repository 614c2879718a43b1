// A retry budget of tokens: calls put some in, retries take some out, and what is older than the budget's time to live is forgotten, in ten slots
// (tower: tower/src/retry/budget/tps_budget.rs). As there, the slots go on by two where they are looked at a little later than one is long, so that under
// steady traffic things are forgotten after about half of the time to live.
import type { TokenBudgetPlan } from '../../plan/contract/plan.js';

const SLOTS = 10;
const NS_PER_SECOND = 1_000_000_000;
const THOUSAND = 1000;

/** Tokens that a call puts in, that a retry takes, and that are there in any case. The ratio is of single precision. */
export function tokenAmounts({ retryRatio, minRetriesPerSecond, ttlNs }: TokenBudgetPlan): {
  readonly deposit: number;
  readonly withdraw: number;
  readonly reserve: number;
} {
  const ratio = Math.fround(retryRatio);
  const deposit = ratio === 0 ? 0 : ratio <= 1 ? 1 : THOUSAND;
  const withdraw = ratio === 0 ? 1 : Math.trunc(Math.fround(deposit / ratio));
  return { deposit, withdraw, reserve: minRetriesPerSecond * Math.floor(ttlNs / NS_PER_SECOND) * withdraw };
}

export class TokenBudget {
  private readonly deposits: number;
  private readonly withdrawal: number;
  private readonly reserve: number;
  private readonly windowNs: number;
  private readonly slots = new Float64Array(SLOTS);
  private index = 0;
  private sinceNs: number;
  /** Of the present slot. */
  private current = 0;

  constructor(plan: TokenBudgetPlan, nowNs: number) {
    const { deposit, withdraw, reserve } = tokenAmounts(plan);
    this.deposits = deposit;
    this.withdrawal = withdraw;
    this.reserve = reserve;
    this.windowNs = plan.ttlNs / SLOTS;
    this.sinceNs = nowNs;
  }

  deposit(nowNs: number): void {
    this.expire(nowNs);
    this.current += this.deposits;
  }

  /** False: there is not enough for a retry. */
  withdraw(nowNs: number): boolean {
    this.expire(nowNs);
    let sum = this.current + this.reserve;
    for (let slot = 0; slot < SLOTS; slot++) sum += this.slots[slot];
    if (sum < this.withdrawal) return false;
    this.current -= this.withdrawal;
    return true;
  }

  private expire(nowNs: number): void {
    let passed = nowNs - this.sinceNs;
    if (passed < this.windowNs) return;
    this.slots[this.index] = this.current;
    this.current = 0;
    this.index = (this.index + 1) % SLOTS;
    for (let cleared = 0; passed > this.windowNs && cleared < SLOTS; cleared++) {
      this.slots[this.index] = 0;
      passed -= this.windowNs;
      this.index = (this.index + 1) % SLOTS;
    }
    this.sinceNs = nowNs;
  }
}
