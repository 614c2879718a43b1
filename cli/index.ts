// The public surface: the commands, for programs that want what a command does and not its process.

export { EXIT, type ExitCode } from './exit-codes.js';
export type { Meta } from './meta.js';
export { type RunOptions, run } from './run.js';
export { type SchemaName, schemaText } from './schema.js';
export { UserError } from './user-error.js';
