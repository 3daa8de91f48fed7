/** Completion for zsh: the arguments and flags in the words of its `_arguments`. */
import type { ArgumentSurface, CommandSurface, FlagSurface, Stands } from '../surface.js';

export function zshScript(commands: readonly CommandSurface[]): string {
  return `#compdef wirelink
# zsh completion of wirelink, written by: wirelink completion zsh

_wirelink_ask() {
  local -a found interface
  local at=\${words[(I)(-i|--interface)]}
  ((at > 0 && at < $#words)) && interface=(--interface "\${words[at + 1]}")
  found=("\${(@f)$(_call_program $1 wirelink completion $1 \${(q)interface} 2>/dev/null)}")
  # One empty line is what nothing looks like.
  [[ -n $found[1] ]] && compadd -a found
}

_wirelink_peers() { _wirelink_ask peers }
_wirelink_interfaces() { _wirelink_ask interfaces }

_wirelink() {
  local curcontext=$curcontext state line
  local -a commands=(
${commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`).join('\n')}
    'help:Explain a command'
  )
  _arguments -C '(- *)--help[explain it]' '(- *)--version[print the version]' '1: :->command' '*:: :->rest'
  case $state in
    command) _describe command commands ;;
    rest)
      case $words[1] in
        help) _describe command commands ;;
${commands.map(caseOf).join('\n')}
      esac
      ;;
  esac
}

if [[ $funcstack[1] == _wirelink ]]; then _wirelink "$@"; else compdef _wirelink wirelink; fi
`;
}

function caseOf({ name, args, flags }: CommandSurface): string {
  const specs = [...flags.flatMap(flagSpecs), `'(- *)--help[explain it]'`, ...args.map(argumentSpec)];
  return `        ${name}) _arguments ${specs.join(' ')} ;;`;
}

function flagSpecs({ name, char, description, value }: FlagSurface): readonly string[] {
  const about = `[${escaped(description)}]`;
  const takes = value === undefined ? '' : `:${escaped(value.shown)}:${action(value.stands)}`;
  return [`--${name}`, ...(char === undefined ? [] : [`-${char}`])].map((spelled) =>
    quoted(`*${spelled}${about}${takes}`),
  );
}

const argumentSpec = ({ name, stands }: ArgumentSurface): string => quoted(`:${name}:${action(stands)}`);

function action(stands: Stands): string {
  switch (stands.for) {
    case 'one-of':
      return `(${stands.words.join(' ')})`;
    case 'peer':
      return '_wirelink_peers';
    case 'interface':
      return '_wirelink_interfaces';
    case 'file':
      return '_files';
    case 'text':
      return ' ';
  }
}

/** What ends a description or a field. */
const escaped = (text: string): string => text.replaceAll(/[\\[\]:]/g, (character) => `\\${character}`);

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
