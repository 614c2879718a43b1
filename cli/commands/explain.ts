// The words of `seatrial explain`.
import type { Command } from 'commander';
import { collect } from '../diff-values.js';
import type { ExplainOptions } from '../explain.js';
import { type Done, GROUP, inputOptions, SET_WORDS, setOption } from './registration.js';

export function registerExplain(program: Command, done: Done): void {
  const command = program
    .command('explain')
    .description('which way does this request take, and why?')
    .argument('[paths...]', "a directory, files or globs of the mesh's YAML; or a scenario (default: this directory)")
    .optionsGroup(GROUP.request)
    .requiredOption('--from <workload>', 'who sends: web.shop, or outside')
    .requiredOption('--to <url>', 'what it dials: http://reviews:9080/reviews/1')
    .option('-X, --request <method>', 'method of the request', 'GET')
    .option('-H, --header <line>', "a header of the request, 'name: value'; may be repeated", collect)
    .optionsGroup(GROUP.input)
    .option('--scenario <file>', 'a scenario, for zones, replicas and the release of Istio; none is needed')
    .option('--at <time>', 'a time of its timeline: what holds then')
    .option('--istio <version>', 'Istio release whose defaults hold');
  inputOptions(setOption(command, SET_WORDS))
    .optionsGroup(GROUP.output)
    .option('--json', 'print JSON, and nothing else')
    .option('--quiet', 'print no warnings')
    .action(async (paths: readonly string[], options: ExplainOptions) => {
      const { explain } = await import('../explain.js');
      done(explain(paths, options));
    });
}
