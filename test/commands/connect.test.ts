import { afterEach, describe, expect, it } from 'vitest';
import type { ConnectResult } from '../../src/core/control-api.js';
import type { AttemptStep } from '../../src/core/notices.js';
import { fakeAgent, Refusal, type FakeAgent } from '../support/fake-agent.js';
import { aCause, aHub, anEndpoint, aSelf, aSpoke, HUB } from '../support/views.js';
import { wirelink, type Outcome } from '../support/wirelink.js';

let agent: FakeAgent | undefined;

afterEach(async () => {
  await agent?.close();
  agent = undefined;
});

const THERE = anEndpoint('203.0.113.9:40312');

const STEPS: readonly AttemptStep[] = [
  { what: 'invited', via: HUB },
  { what: 'session', through: 'router' },
  { what: 'candidate', endpoint: THERE, outcome: 'tried' },
  {
    what: 'candidate',
    endpoint: anEndpoint('192.168.1.9:51820'),
    outcome: 'skipped',
    reason: 'it lies in its own LAN',
  },
  { what: 'candidate', endpoint: THERE, outcome: 'answered' },
  { what: 'contact', endpoint: THERE, rttMs: 26.4 },
  { what: 'direct', endpoint: THERE, tookMs: 66 },
];

const DIRECT: ConnectResult = { peer: aSpoke(), outcome: 'direct', tookMs: 66, endpoint: THERE };

async function connect(result: ConnectResult, ...args: readonly string[]): Promise<Outcome> {
  agent = await fakeAgent({
    peers: () => ({ self: aSelf(), peers: [aHub(), aSpoke()] }),
    connect: (_, progress) => {
      STEPS.forEach((step, at) => {
        progress({ atMs: 11 * at, step });
      });
      return result;
    },
  });
  return wirelink(['connect', ...args], { WIRELINK_RUN_DIR: agent.directory });
}

const sayingAgent = (steps: readonly AttemptStep[]): Promise<FakeAgent> =>
  fakeAgent({
    peers: () => ({ self: aSelf(), peers: [aHub(), aSpoke()] }),
    connect: (_, progress) => {
      steps.forEach((step, at) => {
        progress({ atMs: 5 * (at + 1), step });
      });
      return DIRECT;
    },
  });

const asked = () => agent?.requests.find(({ method }) => method === 'connect')?.params;

describe('wirelink connect', () => {
  it('follows the attempt step by step to its end', async () => {
    const { stdout, status } = await connect(DIRECT, 'laptop');
    expect(status).toBe(0);
    expect(stdout.split('\n')).toEqual([
      ' 0.0 ms  asked the other end to begin, through hub',
      '  11 ms  WireGuard session, still through the router',
      '  22 ms  trying 203.0.113.9:40312',
      '  33 ms  skipped 192.168.1.9:51820: it lies in its own LAN',
      '  44 ms  203.0.113.9:40312 answered',
      '  55 ms  contact over 203.0.113.9:40312, round trip 26 ms',
      '  66 ms  both ends send directly, over 203.0.113.9:40312',
      'laptop is direct over 203.0.113.9:40312, after 66 ms.',
      '',
    ]);
  });

  it('says with --verbose where the time went: each datagram, and what each step waited for', async () => {
    const { stdout, status } = await connect(DIRECT, 'laptop', '--verbose');
    expect(status).toBe(0);
    expect(stdout.split('\n').map((line) => line.trimEnd())).toEqual([
      ' 0.0 ms   +0.0 ms  asked the other end to begin, through hub',
      '  11 ms    +11 ms  WireGuard session, still through the router (waited for',
      '                   WireGuard’s handshake through the router)',
      '  22 ms    +11 ms  trying 203.0.113.9:40312 (waited for the turn of this',
      '                   candidate)',
      '  33 ms    +11 ms  skipped 192.168.1.9:51820: it lies in its own LAN (waited for',
      '                   the turn of this candidate)',
      '  44 ms    +11 ms  203.0.113.9:40312 answered (waited for its pong)',
      '  55 ms    +11 ms  contact over 203.0.113.9:40312, round trip 26 ms (waited for',
      '                   the interface to be read)',
      '  66 ms    +11 ms  both ends send directly, over 203.0.113.9:40312 (waited for',
      '                   the interface to take the addresses)',
      'laptop is direct over 203.0.113.9:40312, after 66 ms.',
      '',
    ]);
  });

  it('has datagrams with --verbose only, as text and in the document', async () => {
    const said: readonly AttemptStep[] = [
      { what: 'said', by: 'us', message: 'ping', full: true },
      { what: 'said', by: 'peer', message: 'commit' },
    ];
    expect((await connect(DIRECT, 'laptop')).stdout).not.toContain('say');
    await agent?.close();
    agent = await sayingAgent(said);
    const environment = { WIRELINK_RUN_DIR: agent.directory };
    const plain = await wirelink(['connect', 'laptop', '--json'], environment);
    expect(JSON.parse(plain.stdout)).toMatchObject({ steps: [] });
    const verbose = await wirelink(['connect', 'laptop', '--json', '--verbose'], environment);
    expect(JSON.parse(verbose.stdout)).toMatchObject({
      steps: [
        { atMs: 5, sinceMs: 5, step: said[0] },
        { atMs: 10, sinceMs: 5, step: said[1] },
      ],
    });
    const text = await wirelink(['connect', 'laptop', '--verbose'], environment);
    expect(text.stdout).toContain('we say ping, of full size');
    expect(text.stdout).toContain('it says commit (waited for the other end)');
  });

  it('asks for 15 s and no candidates of its own unless told otherwise', async () => {
    await connect(DIRECT, 'laptop');
    expect(asked()).toEqual({ peer: 'laptop', endpoints: [], timeoutMs: 15_000, wait: true });
  });

  it('passes on each --endpoint, --timeout in seconds, and --no-wait', async () => {
    await connect(
      DIRECT,
      ...['laptop', '--endpoint', '192.0.2.1:1', '--endpoint=[2001:DB8::1]:2', '--timeout', '0.5', '--no-wait'],
    );
    expect(asked()).toEqual({
      peer: 'laptop',
      endpoints: ['192.0.2.1:1', '[2001:db8::1]:2'],
      timeoutMs: 500,
      wait: false,
    });
  });

  it('takes the peer also after a flag that may be repeated', async () => {
    await connect(DIRECT, '--endpoint', '192.0.2.1:1', 'laptop');
    expect(asked()).toMatchObject({ peer: 'laptop', endpoints: ['192.0.2.1:1'] });
  });

  it.each([
    ['direct', 0],
    ['already-direct', 0],
    ['begun', 0],
    ['failed', 3],
    ['timeout', 3],
  ] as const)('ends after "%s" with status %d, with and without --json', async (outcome, status) => {
    const result = { ...DIRECT, outcome, cause: aCause('Nothing answered.') };
    expect(await connect(result, 'laptop')).toMatchObject({ status, stderr: '' });
    await agent?.close();
    const json = await connect(result, 'laptop', '--json');
    expect(json.status).toBe(status);
    expect(JSON.parse(json.stdout)).toMatchObject({
      interface: 'wg0',
      outcome,
      tookMs: 66,
      cause: { text: 'Nothing answered.' },
    });
  });

  it('says why the peer did not become direct', async () => {
    const { stdout } = await connect({ ...DIRECT, outcome: 'failed', cause: aCause('Both NATs vary.') }, 'laptop');
    expect(stdout).toContain('laptop is not direct. Both NATs vary.\n');
  });

  it('prints with --json one document that has the steps in it', async () => {
    const { stdout } = await connect(DIRECT, 'laptop', '--json');
    expect(JSON.parse(stdout)).toEqual({
      interface: 'wg0',
      ...DIRECT,
      steps: STEPS.map((step, at) => ({ atMs: 11 * at, step })),
    });
  });

  it.each([
    [['laptop', '--endpoint', 'example.org:51820']],
    [['laptop', '--endpoint', '192.0.2.1']],
    [['laptop', '--endpoint', '192.0.2.1:0']],
    [['laptop', '--timeout', '0']],
    [['laptop', '--timeout', 'soon']],
    [['laptop', '--timeout', '-1']],
    [['laptop', 'phone']],
    [[]],
  ])('refuses %j as a usage error and asks the agent nothing', async (args) => {
    expect(await connect(DIRECT, ...args)).toMatchObject({ status: 2, stdout: '' });
    expect(agent?.requests).toEqual([]);
  });

  it('hands the error of the agent on', async () => {
    agent = await fakeAgent({
      peers: () => ({ self: aSelf(), peers: [] }),
      connect: () => {
        throw new Refusal({ code: 'ambiguous-peer', message: 'a fits several peers: abc, abd.', help: 'Give more.' });
      },
    });
    const environment = { WIRELINK_RUN_DIR: agent.directory };
    expect(await wirelink(['connect', 'a'], environment)).toEqual({
      status: 1,
      stdout: '',
      stderr: 'wirelink: a fits several peers: abc, abd.\nGive more.\n',
    });
  });
});
