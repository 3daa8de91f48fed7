/** The executable's entry: finds the command and runs it, or prints the help or the version. */
import packageJson from '../package.json' with { type: 'json' };
import { COMMANDS, type CommandName } from './commands/index.js';
import { usage } from './cli/arguments.js';
import { reportError } from './cli/base-command.js';
import { BundledConfig } from './oclif-configuration.js';
import { quietOnClosedPipe } from './cli/pipes.js';

/** Never rejects; the exit status is in `process.exitCode`. */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    await dispatch(argv);
  } catch (error) {
    reportError(error, { json: argv.includes('--json'), command: undefined });
  }
}

async function dispatch(argv: readonly string[]): Promise<void> {
  const [first, ...rest] = argv;
  const flags = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
  if (first === '--version') {
    printVersion();
  } else if (first === undefined || first === 'help' || flags.includes('--help') || flags.includes('-h')) {
    await showHelp(flags.find((word) => word !== 'help' && !word.startsWith('-')));
  } else {
    const name = commandName(first);
    const command = new COMMANDS[name](rest, new BundledConfig());
    command.id = name;
    await command.execute();
  }
}

function commandName(word: string): CommandName {
  if (Object.hasOwn(COMMANDS, word)) return word as CommandName;
  const problem = word.startsWith('-') ? `A command comes first, not ${word}.` : `There is no command ${word}.`;
  throw usage(problem, `The commands are: ${Object.keys(COMMANDS).join(', ')}. See: wirelink --help`);
}

function printVersion(): void {
  process.stdout.write(`wirelink ${packageJson.version}, Node.js ${process.version}\n`);
}

/** Of one command, or of the whole. */
async function showHelp(subject: string | undefined): Promise<void> {
  quietOnClosedPipe();
  const { Help } = await import('@oclif/core/help');
  const config = new BundledConfig();
  const help = new Help(config, { flagSortOrder: 'none', hideCommandSummaryInDescription: true });
  const name = subject === undefined ? undefined : commandName(subject);
  const command = config.commands.find(({ id }) => id === name);
  await (command === undefined ? help.showHelp([]) : help.showCommandHelp(command));
}
