/**
 * oclif's configuration, from what is in the bundle. Its own loader looks for package.json, a manifest, plugins and
 * themes on the disk: that takes time at each start, and files that lie about would change what a command does.
 */
import type { Command } from '@oclif/core/command';
import { Config } from '@oclif/core/config';
import packageJson from '../package.json' with { type: 'json' };
import { COMMANDS } from './commands/index.js';

type Described = Pick<
  typeof Command,
  'args' | 'baseFlags' | 'description' | 'examples' | 'flags' | 'summary' | 'usage'
>;

export class BundledConfig extends Config {
  constructor() {
    super({ root: '' });
    const { name, version, description } = packageJson;
    this.name = name;
    this.bin = name;
    this.version = version;
    this.userAgent = `${name}/${version} node-${process.version}`;
    this.topicSeparator = ' ';
    this.pjson = { name, version, description, oclif: { bin: name } };
  }

  override get commands(): Command.Loadable[] {
    return Object.entries<Described>(COMMANDS).map(([id, command]) => ({
      id,
      args: named(command.args),
      flags: named({ ...command.flags, ...command.baseFlags }),
      summary: command.summary,
      description: command.description,
      usage: command.usage,
      examples: command.examples,
      aliases: [],
      hidden: false,
      hiddenAliases: [],
      load: () => Promise.reject(new Error('bug: commands are run by main, help reads them only')),
    }));
  }

  /** Nobody hooks in. */
  override runHook(): Promise<{ successes: []; failures: [] }> {
    return Promise.resolve({ successes: [], failures: [] });
  }
}

/** oclif's help reads the name in the flag or argument; its parser sets it only when a command runs. */
function named<Item extends object>(items: Readonly<Record<string, Item>>): Record<string, Item & { name: string }> {
  return Object.fromEntries(Object.entries(items).map(([name, item]) => [name, { ...item, name }]));
}
