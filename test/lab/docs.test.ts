/**
 * The tutorial, as somebody follows it: its commands, typed as they stand there, on three machines of the laboratory. What
 * cannot be in a namespace has a stand-in on these machines' PATH, and each of these is needed. Then, on the same
 * machines, wirelink's commands of all other pages.
 */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { EXECUTABLE } from '../../lab/agent.js';
import { PORT_RESTRICTED } from '../../lab/nat.js';
import { ping } from '../../lab/observe.js';
import { waitFor } from '../../lab/wait.js';
import type { Machine, Outcome } from '../../lab/machine.js';
import { World } from '../../lab/world.js';
import { blocksIn, commandsIn, SHELL_BLOCKS } from '../support/shell-blocks.js';
import { enter } from './enter.js';

const PAGE = 'docs/tutorial.md';
const TEXT = readFileSync(new URL(`../../${PAGE}`, import.meta.url), 'utf8');
/** By the number in their headings. */
const CHAPTERS = TEXT.split(/^## (?=\d)/m).slice(1);
const NAMES = ['hub', 'laptop', 'nas'] as const;
type Name = (typeof NAMES)[number];

/** Where the commands are typed, and what keeps /etc to a machine of its own. */
const PREPARE = `
  mkdir -p /run/bin /run/home /run/etc/upper /run/etc/work
  mount -t overlay overlay -o lowerdir=/etc,upperdir=/run/etc/upper,workdir=/run/etc/work /etc
  mkdir -p /etc/wireguard /etc/wirelink
  rm -f /etc/wireguard/* /etc/wirelink/*`;

/** What stands for something that no namespace has, and why. Each writes down that it was asked. */
const STAND_INS: Readonly<Record<string, (laptop: Machine) => string>> = {
  // Nothing is installed on the machine that runs the tests; the package has tests of its own.
  apt: () => 'test "$1" = install',
  // The tests are root already.
  sudo: () => 'exec "$@"',
  // There is no network for it, and no server: the file is carried over all the same.
  scp: ({ pid }) => `test "$2" = laptop: && cp "$1" /proc/${pid}/root/run/home/`,
  // There is one systemd a machine, and it belongs to that one. This does what the unit would have it do.
  systemctl: () => `
    case "$*" in
    "enable --now wg-quick@wg0") wg-quick up wg0 ;;
    "enable --now wirelink@wg0")
      setsid wirelink up wg0 >/run/agent.log 2>&1 &
      echo $! >/run/agent.pid
      for round in $(seq 200); do grep -q ready /run/agent.log && exit 0; sleep 0.1; done
      exit 1 ;;
    "reload wirelink@wg0") wirelink up wg0 --check && kill -HUP "$(cat /run/agent.pid)" ;;
    "disable --now wirelink@wg0")
      kill "$(cat /run/agent.pid)"
      for round in $(seq 100); do kill -0 "$(cat /run/agent.pid)" || exit 0; sleep 0.1; done
      exit 1 ;;
    *) exit 64 ;;
    esac`,
  wirelink: () => `exec ${process.execPath} ${EXECUTABLE} "$@"`,
};

describe('the tutorial', () => {
  it('leads from nothing to a mesh of three machines, and back', async () => {
    const { hub, laptop, nas, address } = await enter(threeMachines());
    const reader = new Reader({ hub, laptop, nas }, address);
    for (const chapter of ['1', '2', '3', '4', '5']) await reader.follow(chapter);
    await untilDirect(laptop, nas);
    const [peers = '', look = '', doctor = ''] = await reader.follow('6');
    expect(peers).toMatch(/^nas +direct +/m);
    expect(look).toMatch(/ttl=64/);
    expect(look).toMatch(/━━ nas /);
    expect(doctor).toContain('The agent on the hub answers.');
    const [hosts = ''] = await reader.follow('7');
    expect(hosts).toMatch(/^10\.9\.0\.3 +nas$/m);
    await reader.follow('8');
    expect((await laptop.run('wg', ['show', 'wg0', 'peers'])).trim()).toBe(reader.known.get('HUB_KEY'));
    expect(await ping(nas, '10.9.0.2')).toBeUndefined();
    expect(await ping(laptop, '10.9.0.1')).toBeDefined();
    expect(await reader.asked()).toEqual(Object.keys(STAND_INS).sort());
  }, 180_000);
});

/** Commands that this network has no use for, or that another test runs. */
const NOT_HERE: Readonly<Record<string, string>> = {
  'invite phone --save --qr': 'needs a qrencode; test/lab/members.test.ts has one',
  'peers --interface wg1': 'there is one interface here',
  'up wg0': 'runs already, since chapter 3 of the tutorial',
  'up wg0 --restore': 'is refused while an agent runs; test/lab/undo.test.ts has it',
};

describe('the other pages', () => {
  it('have commands that do what they are for, on the tutorial’s machines', async () => {
    const { hub, laptop, nas, address } = await enter(threeMachines());
    const reader = new Reader({ hub, laptop, nas }, address);
    for (const chapter of ['1', '2', '3', '4', '5']) await reader.follow(chapter);
    await untilDirect(laptop, nas);
    const commands = [...new Set(typedElsewhere())];
    expect(Object.keys(NOT_HERE).filter((command) => !commands.includes(command))).toEqual([]);
    const wanted = commands.filter((command) => !(command in NOT_HERE)).map((command) => command.split(' '));
    const isOfMembers = ([name = '']: readonly string[]): boolean => ['invite', 'remove'].includes(name);
    // Those who only look come first: what is invited and removed after them are the machines on which they look.
    for (const words of wanted.filter((each) => !isOfMembers(each))) await expectToWork(laptop, words);
    for (const words of wanted.filter(isOfMembers)) {
      const [name = '', peer = ''] = words;
      if (name === 'invite') await wirelink(hub, ['remove', peer, '--save']);
      await expectToWork(hub, words);
    }
  }, 180_000);
});

/** As lines without `wirelink`, in the order of the pages. */
const typedElsewhere = (): readonly string[] =>
  SHELL_BLOCKS.filter(({ page }) => page !== PAGE)
    .flatMap(({ text }) => commandsIn(text))
    .filter(([program]) => program === 'wirelink')
    .map(([, ...words]) => words.join(' '));

/** What goes on until Ctrl-C is ended after a while, which `timeout` says with 124. */
async function expectToWork(machine: Machine, words: readonly string[]): Promise<void> {
  const { exitCode, stdout, stderr } = await wirelink(machine, words);
  expect({ words, exitCode, stderr }).toMatchObject({ exitCode: isEndless(words) ? 124 : 0 });
  expect(stdout, words.join(' ')).not.toBe('');
}

const isEndless = (words: readonly string[]): boolean => words.includes('--watch') || words.includes('--follow');

const wirelink = (machine: Machine, words: readonly string[]): Promise<Outcome> =>
  machine.attempt('timeout', [isEndless(words) ? '3' : '15', '/run/bin/wirelink', ...words]);

const untilDirect = (laptop: Machine, nas: Machine): Promise<unknown> =>
  waitFor(
    'laptop and nas are direct',
    async () => [(await ping(laptop, '10.9.0.3'))?.ttl, (await ping(nas, '10.9.0.2'))?.ttl],
    (ttls) => ttls.every((ttl) => ttl === 64),
    { timeoutMs: 20_000 },
  );

/** The hub on the internet, the others each behind a home's router. */
function threeMachines() {
  return World.build(async (world) => {
    const internet = await world.internet();
    const { machine: hub, leg } = await world.host('hub', internet);
    const homes = await Promise.all(['a', 'b'].map((name) => world.nat(`home-${name}`, internet, PORT_RESTRICTED)));
    const [laptop, nas] = await Promise.all([
      world.host('laptop', homes[0] ?? internet),
      world.host('nas', homes[1] ?? internet),
    ]);
    const scene = { hub, laptop: laptop.machine, nas: nas.machine, address: leg.address };
    for (const machine of [scene.hub, scene.laptop, scene.nas]) await furnish(machine, scene.laptop);
    return scene;
  });
}

async function furnish(machine: Machine, laptop: Machine): Promise<void> {
  await machine.run('sh', ['-euc', PREPARE]);
  for (const [name, body] of Object.entries(STAND_INS)) {
    const script = `#!/bin/sh\necho ${name} >>/run/asked\n${body(laptop)}\n`;
    await writeFile(machine.path(`/run/bin/${name}`), script, { mode: 0o755 });
  }
}

/** Types what the tutorial says, and writes for its placeholders what it says to write there. */
class Reader {
  readonly known: Map<string, string>;
  readonly #machines: Readonly<Record<Name, Machine>>;

  constructor(machines: Readonly<Record<Name, Machine>>, address: string) {
    this.#machines = machines;
    this.known = new Map([['203.0.113.7', address]]);
  }

  /** The blocks of a chapter, each on its machine; answers what each printed. */
  async follow(chapter: string): Promise<readonly string[]> {
    const text = CHAPTERS.find((each) => each.startsWith(`${chapter}. `)) ?? '';
    const blocks = blocksIn(PAGE, text).filter(({ language }) => language === 'sh');
    expect(blocks).not.toEqual([]);
    const printed: string[] = [];
    for (const block of blocks) {
      const machines = NAMES.filter((name) => block.where === 'all' || block.where === name);
      expect(machines, block.where).not.toEqual([]);
      for (const name of machines) printed.push(await this.#type(name, block.text));
    }
    return printed;
  }

  /** Which stand-ins were needed. */
  async asked(): Promise<readonly string[]> {
    const lists = await Promise.all(NAMES.map((name) => this.#machines[name].run('cat', ['/run/asked'])));
    return [...new Set(lists.join('').trim().split('\n'))].sort();
  }

  async #type(name: Name, commands: string): Promise<string> {
    const typed = [...this.known].reduce((text, [placeholder, value]) => text.replaceAll(placeholder, value), commands);
    const script = `export PATH="/run/bin:$PATH"\ncd /run/home\n${typed}`;
    const stdout = await this.#machines[name].run('sh', ['-euc', script]);
    const last = stdout.trim().split('\n').at(-1) ?? '';
    if (commands.includes('wg pubkey')) this.known.set('NAS_KEY', last);
    if (commands.includes('public-key\n')) this.known.set('HUB_KEY', last);
    return stdout;
  }
}
