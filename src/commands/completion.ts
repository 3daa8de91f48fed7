import * as Args from '@oclif/core/args';
import { BaseCommand } from '../cli/base-command.js';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
const WORDS = ['peers', 'interfaces'] as const;

export interface CompletionReport {
  readonly text: string;
}

export default class Completion extends BaseCommand {
  static override summary = 'Print what makes a shell complete commands, flags and the names of peers';
  static override description =
    'With bash, zsh or fish: a script for that shell. With peers or interfaces: the words that such a script offers, ' +
    'a line each; nothing, and status 0, where there are none.';
  static override args = {
    what: Args.string({
      required: true,
      options: [...SHELLS, ...WORDS],
      description: 'the shell, or what it asks for',
    }),
  };
  static override examples = [
    {
      description: 'For one user of bash',
      command: '<%= config.bin %> completion bash >> ~/.bash_completion',
    },
    {
      description: 'For one user of fish',
      command: '<%= config.bin %> completion fish > ~/.config/fish/completions/wirelink.fish',
    },
    { description: 'In ~/.zshrc, after compinit', command: 'source <(<%= config.bin %> completion zsh)' },
  ];

  override async run(): Promise<CompletionReport> {
    const { args, flags } = await this.parse(Completion);
    const text = await textOf(args.what as (typeof SHELLS)[number] | (typeof WORDS)[number], flags.interface);
    if (!this.jsonEnabled()) process.stdout.write(text);
    return { text };
  }
}

async function textOf(
  what: (typeof SHELLS)[number] | (typeof WORDS)[number],
  interfaceName: string | undefined,
): Promise<string> {
  switch (what) {
    case 'bash':
      return (await import('../cli/completion/bash.js')).bashScript(await surface());
    case 'zsh':
      return (await import('../cli/completion/zsh.js')).zshScript(await surface());
    case 'fish':
      return (await import('../cli/completion/fish.js')).fishScript(await surface());
    case 'peers':
      return lines(await (await import('../cli/completion/words.js')).peerWords(interfaceName));
    case 'interfaces':
      return lines(await (await import('../cli/completion/words.js')).interfaceWords());
  }
}

async function surface() {
  const [{ surfaceOf }, { COMMANDS }] = await Promise.all([import('../cli/surface.js'), import('./index.js')]);
  return surfaceOf(COMMANDS, 'wirelink');
}

const lines = (words: readonly string[]): string => words.map((word) => `${word}\n`).join('');
