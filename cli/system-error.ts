// What the operating system says when it refuses something, in words for people.

/** `ENOENT`; `` where the error has none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** `ENOSPC: no space left on device` without the call and the path that Node adds. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.split(',')[0] : String(error);
}
