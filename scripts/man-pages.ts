/**
 * A man page for wirelink and one for each command, made from what `--help` is made of. The build runs it:
 * `tsx scripts/man-pages.ts DIRECTORY`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import packageJson from '../package.json' with { type: 'json' };
import { surfaceOf, type CommandSurface, type FlagSurface } from '../src/cli/surface.js';
import { COMMANDS } from '../src/commands/index.js';
import { EXITS } from './errors-page.js';

const { name: BIN, version, description } = packageJson;

/** By file name. */
export function manPages(): ReadonlyMap<string, string> {
  const commands = surfaceOf(COMMANDS, BIN);
  return new Map([
    [`${BIN}.1`, overview(commands)],
    ...commands.map((command) => [`${BIN}-${command.name}.1`, pageOf(command)] as const),
  ]);
}

function overview(commands: readonly CommandSurface[]): string {
  return page(BIN, description, [
    section('SYNOPSIS', roff(`${BIN} <command> [argument ...]`)),
    section(
      'DESCRIPTION',
      roff(
        'Beside each WireGuard interface of a star, one agent. Agents tell each other where they can be reached, and',
      ),
      roff('connect the spokes directly where the networks allow it; else packets go through the hub, as before.'),
    ),
    section('COMMANDS', ...commands.map(({ name, summary }) => item(`.BR ${BIN}\\-${name} (1)`, roff(summary)))),
    exits(),
    section(
      'FILES',
      item(`.I /etc/${BIN}/<interface>.yaml`, roff('What an administrator decides. None is needed.')),
      item(`.I /run/${BIN}/<interface>.sock`, roff('Where the commands ask the agent.')),
      item(`.I /run/${BIN}/<interface>.journal`, roff('What the agent has changed on the interface and will undo.')),
    ),
    seeAlso(['wg (8)', 'wg-quick (8)']),
  ]);
}

function pageOf(command: CommandSurface): string {
  const { name, summary, args, flags, examples } = command;
  return page(`${BIN}-${name}`, summary, [
    section('SYNOPSIS', ...synopsis(command)),
    section(
      'DESCRIPTION',
      roff(`${summary}.`),
      ...(command.description === '' ? [] : ['.PP', roff(command.description)]),
    ),
    ...(args.length === 0
      ? []
      : [section('ARGUMENTS', ...args.map((each) => item(`.I ${roff(each.name)}`, roff(sentence(each.description)))))]),
    section('OPTIONS', ...flags.map(flagItem), item('.BR \\-h ", " \\-\\-help', roff('Explain it.'))),
    section(
      'EXAMPLES',
      ...examples.flatMap((each) => [
        '.PP',
        roff(`${each.description}:`),
        '.PP',
        '.nf',
        '.RS 4',
        roff(each.command),
        '.RE',
        '.fi',
      ]),
    ),
    exits(),
    seeAlso([`${BIN} (1)`]),
  ]);
}

function synopsis({ name, usage, args }: CommandSurface): readonly string[] {
  if (usage.length > 0) return usage.flatMap((line, at) => [...(at === 0 ? [] : ['.br']), roff(`${BIN} ${line}`)]);
  const shown = args.map(({ name: argument, required }) => (required ? `<${argument}>` : `[${argument}]`));
  return [roff([BIN, name, '[options]', ...shown].join(' '))];
}

function flagItem({ name, char, description: about, value }: FlagSurface): string {
  const spelled = [...(char === undefined ? [] : [`-${char}`]), `--${name}`]
    .map((each) => `\\fB${roff(each)}\\fR`)
    .join(', ');
  return item(`${spelled}${value === undefined ? '' : ` \\fI${roff(value.shown)}\\fR`}`, roff(sentence(about)));
}

const exits = (): string =>
  section(
    'EXIT STATUS',
    item('.B 0', roff('It is done.')),
    ...Object.entries(EXITS).map(([status, meaning]) => item(`.B ${status}`, roff(meaning))),
  );

const seeAlso = (pages: readonly string[]): string =>
  section(
    'SEE ALSO',
    ...pages.map((each, at) => `.BR ${each.replaceAll('-', '\\-')}${at < pages.length - 1 ? ' ,' : ''}`),
  );

function page(name: string, summary: string, sections: readonly string[]): string {
  const head = `.TH ${name.toUpperCase().replaceAll('-', '\\-')} 1 "" "${BIN} ${version}" "User Commands"`;
  const line = `${roff(name)} \\- ${roff(summary.charAt(0).toLowerCase() + summary.slice(1))}`;
  return `.\\" Made by scripts/man\\-pages.ts; changes here are lost.\n${[head, section('NAME', line), ...sections].join('\n')}\n`;
}

const section = (title: string, ...lines: readonly string[]): string => [`.SH ${title}`, ...lines].join('\n');
const item = (tag: string, body: string): string => `.TP\n${tag}\n${body}`;

/** Flags are described by half sentences. */
const sentence = (half: string): string => {
  const whole = half.replace(/^\[default: ([^\]]+)\] (.*)$/, '$2; $1 unless given');
  return `${whole.charAt(0).toUpperCase()}${whole.slice(1)}${/[.!?]$/.test(whole) ? '' : '.'}`;
};

/** Nothing in it means anything to roff; a hyphen is the one that is typed. */
const roff = (plain: string): string =>
  plain.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll('~', '\\(ti').replaceAll(/^[.']/gm, '\\&$&');

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [directory = 'dist/man'] = process.argv.slice(2);
  mkdirSync(directory, { recursive: true });
  for (const [name, roffText] of manPages()) writeFileSync(join(directory, name), roffText);
}
