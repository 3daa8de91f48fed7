/**
 * Every command in the documentation is one that can be typed. Those of wirelink are read by the command itself, as far as
 * it reads its command line; those of npm have to be scripts of this project with options that they know. On
 * real machines they are run in test/lab/docs.test.ts.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from '@oclif/core/parser';
import { describe, expect, it } from 'vitest';
import { EXPERIMENTS } from '../../bench/experiments.js';
import { readWish } from '../../bench/wish.js';
import packageJson from '../../package.json' with { type: 'json' };
import { huntOptions, simOptions } from '../../scripts/sim/options.js';
import { COMMANDS, type CommandName } from '../../src/commands/index.js';
import { BLOCKS, commandsIn, MENTIONS, SHELL_BLOCKS } from '../support/shell-blocks.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const ALL = SHELL_BLOCKS.flatMap(({ page, text }) => commandsIn(text).map((words) => ({ page, words })));
const of = (program: string) =>
  ALL.filter(({ words }) => words[0] === program).map(({ page, words }) => ({
    page,
    args: words.slice(1),
    line: words.join(' '),
  }));

/** What else is typed. Nothing of it is wirelink's, and what runs in a namespace is run with the tutorial. */
const OTHERS: Readonly<Record<string, string>> = {
  apt: 'installs on the machine itself',
  cat: 'run with the tutorial',
  cp: 'writes into the machine’s own systemd',
  curl: 'test/agent/metrics/server.test.ts asks for the metrics',
  echo: 'of the shell',
  install: 'run with the tutorial',
  ip: 'changes routes as its reader needs them',
  journalctl: 'needs a machine with systemd',
  jq: 'is not among what the tests may rely on',
  nft: 'test/lab/doctor.test.ts has the rule that doctor prints',
  ping: 'run with the tutorial',
  rm: 'run with the tutorial',
  scp: 'needs a way between machines; the tutorial has a stand-in',
  sh: 'run with the tutorial',
  systemctl: 'needs a machine with systemd; the tutorial has a stand-in',
  tee: 'run with the tutorial',
  wg: 'run with the tutorial',
};

describe('a block in the documentation', () => {
  it('says what is in it, so that no command hides in one that nobody reads', () => {
    expect(BLOCKS.filter(({ language }) => language === '')).toEqual([]);
  });

  it('has commands of programs that are known here, and all of these are needed', () => {
    const programs = new Set(ALL.map(({ words }) => words[0] ?? ''));
    const known = [...Object.keys(OTHERS), 'npm', 'wirelink'];
    expect([...programs].sort()).toEqual(known.sort());
  });
});

describe('wirelink in a block', () => {
  it.each(of('wirelink'))('is understood: $line ($page)', async ({ args: [name = '', ...args] }) => {
    expect(Object.keys(COMMANDS)).toContain(name);
    const { args: positions, flags, baseFlags } = COMMANDS[name as CommandName];
    await expect(
      parse(args, { args: positions, flags: { ...baseFlags, ...flags }, strict: true }),
    ).resolves.toBeDefined();
  });
});

describe('wirelink in the text', () => {
  it.each(MENTIONS)('names a command and flags that are there: $words ($page)', ({ words: [name = '', ...words] }) => {
    if (name.startsWith('-') || name === 'help') return;
    expect(Object.keys(COMMANDS)).toContain(name);
    const { flags, baseFlags } = COMMANDS[name as CommandName];
    const known = ['help', ...Object.keys(flags), ...Object.keys(baseFlags)].map((flag) => `--${flag}`);
    for (const flag of words.filter((word) => word.startsWith('--'))) expect(known).toContain(flag);
  });
});

/** Where the options of a script are read. Some have a function of their own for them. */
const READ_IN: Readonly<Record<string, string>> = {
  'sim:causes': 'scripts/causes.ts',
  'sim:grid': 'scripts/nat-grid.ts',
  'test:kernel': 'scripts/launch/kernel.mjs',
};
const READ_BY: Readonly<Record<string, (args: readonly string[]) => unknown>> = {
  bench: (args) => readWish(args, EXPERIMENTS),
  sim: simOptions,
  'sim:hunt': huntOptions,
};
/** Of npm's own. */
const NPM: readonly string[] = ['ci', 'pack', 'install', 'root', 'uninstall'];

describe('npm in a block', () => {
  it.each(of('npm'))('is a script that is there: $line ($page)', ({ args: [first = '', ...rest] }) => {
    if (NPM.includes(first)) return;
    const name = first === 'run' ? (rest[0] ?? '') : first;
    expect(Object.keys(packageJson.scripts)).toContain(name);
    const options = rest.includes('--') ? rest.slice(rest.indexOf('--') + 1) : [];
    const read = READ_BY[name];
    if (read !== undefined) read(options);
    for (const option of options.filter((word) => read === undefined && word.startsWith('--'))) {
      const source = readFileSync(ROOT + (READ_IN[name] ?? ''), 'utf8');
      const key = option.slice(2);
      expect(source, option).toMatch(new RegExp(`'${option}'|\\b${key}'?: \\{ type: `));
    }
  });
});
