// Scripts that complete commands, options and the values of choices in bash, zsh and fish, made from the commands as they are registered.
// Sources: bash(1) "Programmable Completion", zshcompsys(1) `_arguments`, fish `complete`.
import type { Command, Option } from 'commander';

export type Shell = 'bash' | 'zsh' | 'fish';

/** What stands behind an option or where an argument stands. */
type Value =
  | { readonly kind: 'none' | 'file' | 'text' }
  | { readonly kind: 'choices'; readonly choices: readonly string[] };

interface Flag {
  /** `--out`, and `-o` where it has a letter. */
  readonly names: readonly string[];
  readonly words: string;
  readonly value: Value;
  readonly isRepeated: boolean;
}

interface Verb {
  readonly name: string;
  readonly words: string;
  readonly flags: readonly Flag[];
  /** Values of its arguments: a list of words where it has a choice, else files or nothing. */
  readonly arguments: Value;
}

/** The script, with a line break at its end. */
export function completionScript(program: Command, shell: Shell): string {
  const verbs = program.commands.map(verbOf);
  const root = program.options.map(flagOf);
  switch (shell) {
    case 'bash':
      return bash(verbs, root);
    case 'zsh':
      return zsh(verbs, root);
    case 'fish':
      return fish(verbs, root);
  }
}

function verbOf(command: Command): Verb {
  const { registeredArguments: args } = command;
  const choices = args.flatMap(({ argChoices }) => argChoices ?? []);
  const takesFiles = args.some(({ argChoices }) => argChoices === undefined);
  return {
    name: command.name(),
    words: command.description(),
    flags: [...command.options.map(flagOf), HELP],
    arguments: choices.length > 0 ? { kind: 'choices', choices } : { kind: takesFiles ? 'file' : 'none' },
  };
}

const HELP: Flag = { names: ['--help', '-h'], words: 'show this help', value: { kind: 'none' }, isRepeated: false };

function flagOf(option: Option): Flag {
  const { long, short, description, argChoices, flags, required } = option;
  const names = [long, short].filter((name) => typeof name === 'string');
  const isRepeated = /may be repeated|<codes>|<change>/.test(`${flags} ${description}`);
  const value: Value = !required
    ? { kind: 'none' }
    : argChoices !== undefined
      ? { kind: 'choices', choices: argChoices }
      : { kind: /<(file|dir)>/.test(flags) ? 'file' : 'text' };
  return { names, words: description, value, isRepeated };
}

const INTRO = 'made by `seatrial completion`: make it again after an update';

/** Where there is nothing to offer, `-o default` offers files. */
function bash(verbs: readonly Verb[], root: readonly Flag[]): string {
  const values = verbs.flatMap(({ name, flags }) =>
    flags.flatMap(({ names, value }) =>
      value.kind === 'none'
        ? []
        : [`    ${names.map((flag) => quoted(`${name} ${flag}`)).join(' | ')}) ${reply(value)} return ;;`],
    ),
  );
  const words = verbs.map(({ name, flags, arguments: args }) => {
    const own = flags.flatMap(({ names }) => names).join(' ');
    const choices = args.kind === 'choices' ? args.choices.join(' ') : '';
    const others = choices === '' ? '' : ` else COMPREPLY=($(compgen -W ${quoted(choices)} -- "$cur"));`;
    return `    ${name}) if [[ $cur == -* ]]; then COMPREPLY=($(compgen -W ${quoted(own)} -- "$cur"));${others} fi ;;`;
  });
  const first = [...verbs.map(({ name }) => name), ...root.flatMap(({ names }) => names), ...HELP.names].join(' ');
  return `# bash completion for seatrial, ${INTRO}
_seatrial() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" verb='' i
  COMPREPLY=()
  # --option=value is three words.
  if [[ $cur == '=' ]]; then cur=''
  elif [[ $prev == '=' ]]; then prev="\${COMP_WORDS[COMP_CWORD-2]}"
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    if [[ \${COMP_WORDS[i]} != -* ]]; then verb="\${COMP_WORDS[i]}"; break; fi
  done
  case "$verb $prev" in
${values.join('\n')}
  esac
  case "$verb" in
    '') COMPREPLY=($(compgen -W ${quoted(first)} -- "$cur")) ;;
${words.join('\n')}
  esac
}
complete -o bashdefault -o default -F _seatrial seatrial
`;
}

function reply(value: Value): string {
  return value.kind === 'choices' ? `COMPREPLY=($(compgen -W ${quoted(value.choices.join(' '))} -- "$cur"));` : '';
}

function zsh(verbs: readonly Verb[], root: readonly Flag[]): string {
  const list = verbs.map(({ name, words }) => `    ${quoted(`${name}:${words.replaceAll(':', '\\:')}`)}`);
  const cases = verbs.map(
    ({ name, flags, arguments: args }) =>
      `        ${name}) _arguments -s \\\n${[...flags.flatMap(zshFlag), ...zshArguments(args)]
        .map((spec) => `          ${spec}`)
        .join(' \\\n')} ;;`,
  );
  return `#compdef seatrial
# ${INTRO}
_seatrial() {
  local context state state_descr line
  typeset -A opt_args
  local -a verbs
  verbs=(
${list.join('\n')}
  )
  _arguments -C ${[...root, HELP].flatMap(zshFlag).join(' ')} '1: :->verb' '*:: :->words'
  case $state in
    verb) _describe command verbs ;;
    words)
      case $words[1] in
${cases.join('\n')}
      esac ;;
  esac
}
if [ "$funcstack[1]" = _seatrial ]; then _seatrial "$@"; else compdef _seatrial seatrial; fi
`;
}

function zshFlag({ names, words, value, isRepeated }: Flag): string[] {
  const about = words.replace(/[[\]\\:]/g, '\\$&');
  return names.map((name) => {
    const start = isRepeated ? '*' : '';
    const equals = value.kind !== 'none' && name.startsWith('--') ? '=' : '';
    return quoted(`${start}${name}${equals}[${about}]${zshValue(value)}`);
  });
}

function zshValue(value: Value): string {
  switch (value.kind) {
    case 'none':
      return '';
    case 'file':
      return ':file:_files';
    case 'text':
      return ':value: ';
    case 'choices':
      return `:value:(${value.choices.join(' ')})`;
  }
}

function zshArguments(value: Value): string[] {
  return value.kind === 'none' ? [] : [quoted(`*${zshValue(value)}`)];
}

function fish(verbs: readonly Verb[], root: readonly Flag[]): string {
  const lines = [
    `# fish completion for seatrial, ${INTRO}`,
    'complete -c seatrial -n __fish_use_subcommand -f',
    ...[...root, HELP].map((flag) => fishFlag('__fish_use_subcommand', flag)),
  ];
  for (const { name, words, flags, arguments: args } of verbs) {
    const seen = `__fish_seen_subcommand_from ${name}`;
    lines.push(`complete -c seatrial -n __fish_use_subcommand -a ${name} -d ${fishQuoted(words)}`);
    // The words after \`help\` are commands themselves.
    const here = name === 'help' ? seen : `${seen}; and not __fish_seen_subcommand_from help`;
    if (args.kind === 'choices') {
      lines.push(`complete -c seatrial -n ${quoted(here)} -f -a ${quoted(args.choices.join(' '))}`);
    }
    for (const flag of flags) lines.push(fishFlag(here, flag));
  }
  return `${lines.join('\n')}\n`;
}

function fishFlag(condition: string, { names, words, value }: Flag): string {
  const flags = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  const takes = { none: '', file: ' -r -F', text: ' -x', choices: ' -x' }[value.kind];
  const choices = value.kind === 'choices' ? ` -a ${quoted(value.choices.join(' '))}` : '';
  return `complete -c seatrial -n ${quoted(condition)} ${flags.join(' ')}${takes}${choices} -d ${fishQuoted(words)}`;
}

/** One word for bash and zsh. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** fish takes \`\\'\` within quotes. */
function fishQuoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
