/**
 * Commands, arguments and flags as plain data, from where oclif has them for parsing and `--help`: what completion and
 * man pages are made of. What may stand in a place is told by name, as the help tells it to people.
 */

/** What a word of the command line stands for. */
export type Stands =
  | { readonly for: 'one-of'; readonly words: readonly string[] }
  | { readonly for: 'peer' | 'interface' | 'file' | 'text' };

export interface FlagSurface {
  /** Without the dashes. */
  readonly name: string;
  readonly char?: string;
  readonly description: string;
  /** As the help shows its value; absent for one that takes none. */
  readonly value?: { readonly shown: string; readonly stands: Stands };
}

export interface ArgumentSurface {
  readonly name: string;
  readonly required: boolean;
  readonly description: string;
  readonly stands: Stands;
}

export interface CommandSurface {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  /** Lines of its own; empty when they follow from arguments and flags. */
  readonly usage: readonly string[];
  readonly args: readonly ArgumentSurface[];
  readonly flags: readonly FlagSurface[];
  readonly examples: readonly { readonly description: string; readonly command: string }[];
}

/** The part of oclif's classes that is read. */
export interface Described {
  readonly summary?: string | undefined;
  readonly description?: string | undefined;
  readonly usage?: string | string[] | undefined;
  readonly args: Readonly<Record<string, DescribedArgument>>;
  readonly flags: Readonly<Record<string, DescribedFlag>>;
  readonly baseFlags: Readonly<Record<string, DescribedFlag>>;
  readonly examples: readonly unknown[];
}

interface DescribedArgument {
  readonly description?: string | undefined;
  readonly required?: boolean | undefined;
  readonly options?: readonly string[] | undefined;
}

interface DescribedFlag {
  readonly type: 'boolean' | 'option';
  readonly char?: string | undefined;
  readonly description?: string | undefined;
  readonly helpValue?: string | string[] | undefined;
  readonly options?: readonly string[] | undefined;
}

/** `bin` is what the executable is called. */
export function surfaceOf(commands: Readonly<Record<string, Described>>, bin: string): readonly CommandSurface[] {
  return Object.entries(commands).map(([name, command]) => ({
    name,
    summary: command.summary ?? '',
    description: command.description ?? '',
    usage: [command.usage ?? []].flat(),
    args: Object.entries(command.args).map(([argument, { description = '', required = false, options }]) => ({
      name: argument,
      required,
      description,
      stands: standsFor(argument, options),
    })),
    flags: Object.entries({ ...command.flags, ...command.baseFlags }).map(([flag, described]) =>
      flagOf(flag, described),
    ),
    examples: command.examples.flatMap((example) => {
      if (typeof example !== 'object' || example === null) return [];
      const { description, command: line } = example as { description: string; command: string };
      return [{ description, command: line.replaceAll('<%= config.bin %>', bin) }];
    }),
  }));
}

function flagOf(name: string, { type, char, description = '', helpValue, options }: DescribedFlag): FlagSurface {
  const shown = [helpValue ?? options?.join('|') ?? '<value>'].flat().join(' ');
  return {
    name,
    ...(char !== undefined && { char }),
    description,
    ...(type === 'option' && { value: { shown, stands: standsFor(name, options, shown) } }),
  };
}

function standsFor(name: string, options: readonly string[] | undefined, shown = ''): Stands {
  if (options !== undefined) return { for: 'one-of', words: options };
  if (name === 'interface') return { for: 'interface' };
  if (name === 'peer' || shown === '<peer>') return { for: 'peer' };
  return { for: shown === '<file>' ? 'file' : 'text' };
}
