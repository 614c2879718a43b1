// The words of `seatrial schema`.
import { Argument, type Command } from 'commander';
import type { SchemaName } from '../schema.js';

export function registerSchema(program: Command): void {
  program
    .command('schema')
    .description('print a JSON Schema, for editors and other programs')
    .addArgument(new Argument('<name>', 'which one').choices(['scenario', 'results', 'explanation']))
    .action(async (name: SchemaName) => {
      const { schemaText } = await import('../schema.js');
      process.stdout.write(schemaText(name));
    });
}
