/** Completion for bash. What a peer is called is compared and never expanded: it is other people's text. */
import type { CommandSurface, Stands } from '../surface.js';

export function bashScript(commands: readonly CommandSurface[]): string {
  return `# bash completion of wirelink, written by: wirelink completion bash
_wirelink_offer() {
  local each
  while IFS= read -r each; do
    [[ $each == "$word"* ]] && COMPREPLY+=("$each")
  done
}

_wirelink_ask() {
  wirelink completion "$1" "\${interface[@]}" 2>/dev/null
}

_wirelink() {
  local word=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} command=\${COMP_WORDS[1]} at
  local -a interface=()
  COMPREPLY=()
  for ((at = 2; at < COMP_CWORD - 1; at++)); do
    case \${COMP_WORDS[at]} in -i | --interface) interface=(--interface "\${COMP_WORDS[at + 1]}") ;; esac
  done
  if ((COMP_CWORD == 1)); then
    _wirelink_offer < <(printf '%s\\n' ${[...commands.map(({ name }) => name), 'help', '--help', '--version'].join(' ')})
    return
  fi
  case "$command $previous" in
${commands.flatMap(valueCases).join('\n')}
  esac
  if [[ $word == -* ]]; then
    case $command in
${commands.map(({ name, flags }) => `      ${name}) _wirelink_offer < <(printf '%s\\n' ${flags.map((flag) => `--${flag.name}`).join(' ')} --help) ;;`).join('\n')}
    esac
    return
  fi
  case $command in
    help) _wirelink_offer < <(printf '%s\\n' ${commands.map(({ name }) => name).join(' ')}) ;;
${commands.flatMap(({ name, args: [first] }) => (first === undefined ? [] : offerLine(`    ${name})`, first.stands, ''))).join('\n')}
  esac
}

complete -F _wirelink wirelink
`;
}

const valueCases = ({ name, flags }: CommandSurface): readonly string[] =>
  flags.flatMap(({ name: flag, char, value }) => {
    if (value === undefined) return [];
    const spelled = [`'${name} --${flag}'`, ...(char === undefined ? [] : [`'${name} -${char}'`])].join(' | ');
    // Text of which nothing is known is the person's alone: nothing is offered, and no flag either.
    return value.stands.for === 'text'
      ? [`    ${spelled}) return ;;`]
      : offerLine(`    ${spelled})`, value.stands, ' return');
  });

function offerLine(lead: string, stands: Stands, then: string): string[] {
  const end = then === '' ? ' ;;' : `;${then} ;;`;
  switch (stands.for) {
    case 'one-of':
      return [`${lead} _wirelink_offer < <(printf '%s\\n' ${stands.words.join(' ')})${end}`];
    case 'peer':
      return [`${lead} _wirelink_offer < <(_wirelink_ask peers)${end}`];
    case 'interface':
      return [`${lead} _wirelink_offer < <(_wirelink_ask interfaces)${end}`];
    case 'file':
      return [`${lead} compopt -o default 2>/dev/null${end}`];
    case 'text':
      return [];
  }
}
