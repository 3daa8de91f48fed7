/** Completion for fish, a line for each thing that can stand somewhere. */
import type { CommandSurface, FlagSurface, Stands } from '../surface.js';

export function fishScript(commands: readonly CommandSurface[]): string {
  const lines = [
    ...commands.map(
      ({ name, summary }) => `complete -c wirelink -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`,
    ),
    `complete -c wirelink -n __fish_use_subcommand -a help -d 'Explain a command'`,
    `complete -c wirelink -n __fish_use_subcommand -l version -d 'Print the version'`,
    `complete -c wirelink -n '__fish_seen_subcommand_from help' -a ${quoted(commands.map(({ name }) => name).join(' '))}`,
    `complete -c wirelink -l help -s h -d 'Explain it'`,
    ...commands.flatMap(linesOf),
  ];
  return `# fish completion of wirelink, written by: wirelink completion fish
function __wirelink_ask
    set -l interface
    set -l words (commandline -opc)
    for at in (seq (math (count $words) - 1))
        contains -- $words[$at] -i --interface; and set interface --interface $words[(math $at + 1)]
    end
    wirelink completion $argv[1] $interface 2>/dev/null
end

complete -c wirelink -f
${lines.join('\n')}
`;
}

function linesOf({ name, args: [first], flags }: CommandSurface): readonly string[] {
  const where = `complete -c wirelink -n '__fish_seen_subcommand_from ${name}'`;
  const offered = first === undefined ? undefined : offer(first.stands);
  return [
    ...(offered === undefined ? [] : [`${where} -a ${offered}`]),
    ...flags.map((flag) => `${where} ${flagOf(flag)}`),
  ];
}

function flagOf({ name, char, description, value }: FlagSurface): string {
  const spelled = `-l ${name}${char === undefined ? '' : ` -s ${char}`} -d ${quoted(description)}`;
  if (value === undefined) return spelled;
  if (value.stands.for === 'file') return `${spelled} -r -F`;
  const offered = offer(value.stands);
  return offered === undefined ? `${spelled} -x` : `${spelled} -x -a ${offered}`;
}

/** `undefined` where nothing can be offered. */
function offer(stands: Stands): string | undefined {
  switch (stands.for) {
    case 'one-of':
      return quoted(stands.words.join(' '));
    case 'peer':
      return "'(__wirelink_ask peers)'";
    case 'interface':
      return "'(__wirelink_ask interfaces)'";
    case 'file':
    case 'text':
      return undefined;
  }
}

const quoted = (text: string): string => `'${text.replaceAll(/[\\']/g, (character) => `\\${character}`)}'`;
