// The words of `seatrial help` and `seatrial completion`, which speak of all other commands: registered last.
import { Argument, type Command } from 'commander';
import type { Shell } from '../completion.js';

export function registerHelp(program: Command): void {
  program
    .command('completion')
    .description('print a script that completes commands and options in a shell')
    .addArgument(new Argument('<shell>', 'which one').choices(['bash', 'zsh', 'fish']))
    .addHelpText('after', COMPLETION_HELP)
    .action(async (shell: Shell) => {
      const { completionScript } = await import('../completion.js');
      process.stdout.write(completionScript(program, shell));
    });
  const help = program.command('help');
  const names = program.commands.map((command) => command.name());
  help
    .description('show this help, or that of a command')
    // An unknown word is told below, where there is time to look for a near one: `--help` loads nothing of ours.
    .addArgument(new Argument('[command]', 'which one').choices(names).argParser((word) => word))
    .action(async (verb: string | undefined) => {
      if (verb !== undefined && !names.includes(verb)) {
        const { nearestName } = await import('../../sim/nearest.js');
        const nearest = nearestName(verb, names);
        const hint = nearest === null ? `Commands are ${names.join(', ')}.` : `Did you mean ${nearest}?`;
        help.error(`error: unknown command '${verb}'\n(${hint})`, { exitCode: 2, code: 'commander.unknownCommand' });
      }
      const command = program.commands.find((one) => one.name() === verb) ?? program;
      command.outputHelp();
    });
}

const COMPLETION_HELP = `
bash:  echo 'eval "$(seatrial completion bash)"' >> ~/.bashrc
zsh:   seatrial completion zsh > a directory of $fpath, as _seatrial
fish:  seatrial completion fish > ~/.config/fish/completions/seatrial.fish`;
