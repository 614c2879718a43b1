// A mistake of the user's that no diagnostic has a place for: one sentence and what to do, never a stack trace.

export class UserError extends Error {
  constructor(
    message: string,
    /** What to do about it. */
    readonly hint: string,
  ) {
    super(message);
    this.name = 'UserError';
  }
}
