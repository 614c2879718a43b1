// Frame = one sequence of an application's program.
import { NOTHING } from '../state/nothing.js';
import type { Program } from '../state/runtime.js';

/** A sequence of steps that an application works through for one attempt: the whole program, or a branch of a parallel step. */
export class Frame {
  attempt = NOTHING;
  program!: Program;
  /** Number of the pod whose application works through it. */
  pod = NOTHING;
  pc = 0;
  /** The frame that waits for this branch, or NOTHING. */
  parent = NOTHING;
  /** Branches still running. */
  branches = 0;
  /** The branches that were started last, ended ones included. */
  readonly children: number[] = [];
  /** Status that ends the handler; 0 = none so far. And where it comes from. */
  failed = 0;
  cause = 0;
  /** Wait that follows the CPU part of the current step. */
  waitNs = 0;
  /** A pending `waited` event. */
  timer = NOTHING;
  /** The call it waits for, or NOTHING. */
  call = NOTHING;
  /** It could go on, and its application is frozen. */
  frozen = false;

  constructor(readonly id: number) {}

  /** A new life, at the beginning of a program. */
  begin(attempt: number, program: Program, pod: number, parent: number): void {
    this.attempt = attempt;
    this.program = program;
    this.pod = pod;
    this.pc = 0;
    this.parent = parent;
    this.branches = 0;
    this.failed = 0;
    this.cause = 0;
    this.waitNs = 0;
    this.timer = NOTHING;
    this.call = NOTHING;
    this.frozen = false;
  }
}
