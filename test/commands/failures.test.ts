import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS as ALL } from '../../src/commands/index.js';
import { fakeAgent, rawAgent, Refusal } from '../support/fake-agent.js';
import { aHub, aSelf } from '../support/views.js';
import { shell, wirelink, wirelinkAsNobody } from '../support/wirelink.js';

let nobodyThere: string;

beforeAll(async () => {
  nobodyThere = await mkdtemp(join(tmpdir(), 'wirelink-test-'));
});

afterAll(() => rm(nobodyThere, { recursive: true }));

const COMMANDS = [
  { name: 'up', args: ['wg0'] },
  { name: 'facts', args: [] },
  { name: 'hosts', args: [] },
  { name: 'peers', args: [] },
  { name: 'connect', args: ['laptop'] },
  { name: 'probe', args: ['laptop'] },
];
const CLIENTS = COMMANDS.filter(({ name }) => name !== 'up');

/** The same command as text and as JSON: the status is the same, and the document says what the text says. */
async function failure(args: readonly string[], directory: string, run: typeof wirelink = wirelink) {
  const environment = { WIRELINK_RUN_DIR: directory };
  const text = await run(args, environment);
  const json = await run([...args, '--json'], environment);
  const { error } = JSON.parse(json.stdout) as { error: { code: string; message: string; help: string } };
  expect(text.stdout).toBe('');
  expect(json.stderr).toBe('');
  expect(json.status).toBe(text.status);
  expect(text.stderr).toBe(`${[`wirelink: ${error.message}`, error.help].filter((line) => line !== '').join('\n')}\n`);
  return { status: text.status, ...error };
}

describe('a command that cannot do its work', () => {
  it.each(CLIENTS)('$name ends with status 4 where no agent runs', async ({ name, args }) => {
    expect(await failure([name, ...args], nobodyThere)).toEqual({
      status: 4,
      code: 'no-agent',
      message: 'No wirelink agent runs here.',
      help: 'Start one with: wirelink up <interface>',
    });
  });

  it('names the interface that was asked for', async () => {
    expect(await failure(['peers', '-i', 'wg3'], nobodyThere)).toMatchObject({
      status: 4,
      message: 'No wirelink agent runs for wg3.',
      help: 'Start one with: wirelink up wg3',
    });
  });

  it('ends with status 2 and a list where several agents run', async () => {
    const first = await fakeAgent({}, 'wg0');
    const second = await fakeAgent({}, 'wg1', first.directory);
    expect(await failure(['peers'], first.directory)).toMatchObject({
      status: 2,
      code: 'several-agents',
      message: 'Several agents run here: wg0, wg1.',
    });
    await second.close();
    await first.close();
  });

  it('ends with status 1 and what to do where it may not open the socket', async () => {
    const agent = await fakeAgent({});
    await chmod(agent.directory, 0o755);
    await chmod(join(agent.directory, 'wg0.sock'), 0);
    expect(await failure(['peers'], agent.directory, wirelinkAsNobody)).toMatchObject({
      status: 1,
      code: 'socket-permission',
      message: `No permission for the agent's socket ${agent.directory}/wg0.sock.`,
    });
    await agent.close();
  });

  it('ends with status 4 when the agent ends before it answers', async () => {
    const agent = await rawAgent((_, socket) => socket.destroy());
    expect(await failure(['peers'], agent.directory)).toMatchObject({ status: 4, code: 'agent-gone' });
    await agent.close();
  });

  it('shows an error of a newer agent as it is', async () => {
    const error = { code: 'from-the-future', message: 'Something \u001b[31mnew.', help: '' };
    const agent = await fakeAgent({
      peers: () => {
        throw new Refusal(error);
      },
    });
    const environment = { WIRELINK_RUN_DIR: agent.directory };
    expect(await wirelink(['peers', '--json'], environment)).toMatchObject({ status: 1 });
    expect(await wirelink(['peers'], environment)).toMatchObject({
      status: 1,
      stderr: 'wirelink: Something \\u{1b}[31mnew.\n',
    });
    await agent.close();
  });
});

describe('the command line', () => {
  it.each(COMMANDS)('of $name refuses a flag that it does not know', async ({ name, args }) => {
    expect(await failure([name, ...args, '--nonsense'], nobodyThere)).toEqual({
      status: 2,
      code: 'usage',
      message: 'Nonexistent flag: --nonsense.',
      help: `See: wirelink ${name} --help`,
    });
  });

  it.each(COMMANDS)('of $name refuses an argument too many', async ({ name, args }) => {
    expect(await failure([name, ...args, 'extra'], nobodyThere)).toMatchObject({
      status: 2,
      code: 'usage',
      message: 'Unexpected argument: extra.',
    });
  });

  it.each(CLIENTS)('of $name refuses what is no name of an interface', async ({ name, args }) => {
    expect(await failure([name, ...args, '--interface', '../../tmp/x'], nobodyThere)).toMatchObject({
      status: 2,
      message: '"../../tmp/x" is no name of an interface.',
    });
  });

  it('refuses a flag without its value', async () => {
    expect(await failure(['peers', '--interface'], nobodyThere)).toMatchObject({ status: 2, code: 'usage' });
  });

  it('refuses a command that does not exist, and lists those that do', async () => {
    expect(await failure(['pears'], nobodyThere)).toEqual({
      status: 2,
      code: 'usage',
      message: 'There is no command pears.',
      help: `The commands are: ${Object.keys(ALL).join(', ')}. See: wirelink --help`,
    });
    expect(await failure(['constructor'], nobodyThere)).toMatchObject({ status: 2 });
    expect(await failure(['--interface', 'wg0'], nobodyThere)).toMatchObject({ status: 2 });
  });
});

describe('output', () => {
  const peers = () => ({
    self: aSelf(),
    peers: Array.from({ length: 2000 }, (_, at) => aHub({ name: `p${String(at)}` })),
  });

  it.each(['peers', 'peers --json', 'facts --help'])('of "%s" into a pipe that closes is silent', async (command) => {
    const agent = await fakeAgent({ peers });
    const outcome = await shell(`set -o pipefail; $wirelink ${command} | head -n 1`, {
      WIRELINK_RUN_DIR: agent.directory,
    });
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    expect(outcome.stdout.split('\n')).toHaveLength(2);
    await agent.close();
  });

  it('has colours on a terminal, and none in a pipe nor with NO_COLOR', async () => {
    const agent = await fakeAgent({ peers: () => ({ self: aSelf(), peers: [aHub()] }) });
    const onTerminal = (environment: Readonly<Record<string, string>>) =>
      shell('script -qec "$wirelink peers" /dev/null', { WIRELINK_RUN_DIR: agent.directory, ...environment });
    expect((await onTerminal({})).stdout).toContain('\u001b[32mdirect, router\u001b[39m');
    expect((await onTerminal({ NO_COLOR: '1' })).stdout).not.toContain('\u001b');
    const environment = { WIRELINK_RUN_DIR: agent.directory, FORCE_COLOR: '3', TF_BUILD: '1' };
    expect((await wirelink(['peers'], environment)).stdout).not.toContain('\u001b');
    await agent.close();
  });

  it('of --help has no colours in a pipe nor with NO_COLOR', async () => {
    expect((await wirelink(['--help'])).stdout).not.toContain('\u001b');
    expect((await shell('script -qec "$wirelink peers --help" /dev/null', { NO_COLOR: '1' })).stdout).not.toContain(
      '\u001b',
    );
  });
});
