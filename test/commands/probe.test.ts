import { afterEach, describe, expect, it } from 'vitest';
import type { ProbeReply, ProbeResult } from '../../src/core/control-api.js';
import type { SelfView } from '../../src/core/views.js';
import { fakeAgent, type FakeAgent } from '../support/fake-agent.js';
import { aCause, anEndpoint, aSelf, aStatus, LONG_ENDPOINT, SPOKE, without } from '../support/views.js';
import { wirelink, type Outcome } from '../support/wirelink.js';

let agent: FakeAgent | undefined;

afterEach(async () => {
  await agent?.close();
  agent = undefined;
});

const REPLIES: readonly ProbeReply[] = [
  { sequence: 1, rttMs: 52.4, path: 'relayed' },
  { sequence: 2 },
  { sequence: 3, rttMs: 25.1, path: 'direct' },
];

const RESULT: ProbeResult = {
  peer: SPOKE,
  name: 'laptop',
  path: 'direct',
  sent: 3,
  received: 2,
  rttMs: { min: 25.1, median: 38.7, max: 52.4 },
  candidates: [
    { endpoint: anEndpoint('203.0.113.9:40312'), kind: 'reflexive', outcome: 'answered' },
    { endpoint: anEndpoint('192.168.1.9:51820'), kind: 'host', outcome: 'skipped', reason: 'It lies in its own LAN.' },
  ],
};

async function probe(result: ProbeResult, ...args: readonly string[]): Promise<Outcome> {
  agent = await fakeAgent({
    probe: (_, progress) => {
      REPLIES.forEach(progress);
      return result;
    },
  });
  return wirelink(['probe', ...args], { WIRELINK_RUN_DIR: agent.directory });
}

async function probeSelf(self: SelfView, ...args: readonly string[]): Promise<Outcome> {
  agent = await fakeAgent({ status: () => aStatus(self) });
  return wirelink(['probe', ...args], { WIRELINK_RUN_DIR: agent.directory });
}

describe('wirelink probe <peer>', () => {
  it("reports each reply's path and time, a summary, and what became of each candidate", async () => {
    const { stdout, status } = await probe(RESULT, 'laptop');
    expect(status).toBe(0);
    expect(stdout.split('\n')).toEqual([
      'ping 1: reply relayed, 52 ms',
      'ping 2: no reply',
      'ping 3: reply direct, 25 ms',
      '',
      'laptop: 3 sent, 2 received, 33 % lost',
      'round trip min / median / max: 25 ms / 39 ms / 52 ms',
      'path: direct',
      '',
      'CANDIDATE          KIND       OUTCOME',
      '203.0.113.9:40312  reflexive  answered',
      '192.168.1.9:51820  host       skipped',
      '  It lies in its own LAN.',
      '',
    ]);
  });

  it('sends 5 pings, 1 s apart, and waits 2 s for each unless told otherwise', async () => {
    await probe(RESULT, 'laptop');
    expect(agent?.requests).toMatchObject([
      { method: 'probe', params: { peer: 'laptop', count: 5, intervalMs: 1000, timeoutMs: 2000 } },
    ]);
    await agent?.close();
    await probe(RESULT, 'laptop', '--count', '7', '--interval', '0.2', '--timeout', '0.5');
    expect(agent?.requests).toMatchObject([{ params: { count: 7, intervalMs: 200, timeoutMs: 500 } }]);
  });

  it('ends with status 3 when no reply came, with and without --json, and says why', async () => {
    const gone = { ...RESULT, received: 0, path: 'offline' as const, cause: aCause('Long gone.') };
    const silent = without(gone, 'rttMs');
    const text = await probe(silent, 'laptop');
    expect(text).toMatchObject({ status: 3, stderr: '' });
    expect(text.stdout).toContain('laptop: 3 sent, 0 received, 100 % lost\npath: offline. Long gone.\n');
    await agent?.close();
    const json = await probe(silent, 'laptop', '--json');
    expect(json.status).toBe(3);
    expect(JSON.parse(json.stdout)).toEqual({ interface: 'wg0', ...silent, replies: REPLIES });
  });

  it('fits 80 columns', async () => {
    const candidates = [
      { ...RESULT.candidates[0], endpoint: LONG_ENDPOINT, kind: 'reflexive', outcome: 'tried' },
    ] as const;
    const { stdout } = await probe({ ...RESULT, candidates, cause: aCause('because '.repeat(30)) }, 'laptop');
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it.each([
    [['laptop', '--count', '0']],
    [['laptop', '--count', '1.5']],
    [['laptop', '--count', '1001']],
    [['laptop', '--interval', '0']],
    [['laptop', '--timeout', 'long']],
    [['laptop', 'phone']],
    [['--count', '3']],
  ])('refuses %j as a usage error', async (args) => {
    expect(await probe(RESULT, ...args)).toMatchObject({ status: 2, stdout: '' });
    expect(agent?.requests).toEqual([]);
  });
});

describe('wirelink probe without a peer', () => {
  it('shows the endpoint as each peer sees it, the own candidates, and what that says about the NAT', async () => {
    const { stdout, status } = await probeSelf(aSelf({ nat: { ...aSelf().nat, certain: true } }));
    expect(status).toBe(0);
    expect(stdout).toMatch(/^SEEN BY +AS\nhub +203\.0\.113\.7:51820$/m);
    expect(stdout).toMatch(/^candidates +192\.168\.1\.2:51820$/m);
    expect(stdout).toMatch(/^NAT +one mapping for all destinations$/m);
  });

  it('says "probably" while one observer alone has seen it, and only once', async () => {
    expect((await probeSelf(aSelf())).stdout).toMatch(/^NAT +probably: one mapping for all destinations$/m);
    await agent?.close();
    const said = aSelf({ nat: { ...aSelf().nat, text: 'Probably one mapping for all.' } });
    expect((await probeSelf(said)).stdout).toMatch(/^NAT +Probably one mapping for all\.$/m);
  });

  it('says so when nobody has seen this machine', async () => {
    const nat = { verdict: 'unknown', certain: false, text: 'nobody has told yet' } as const;
    const { stdout } = await probeSelf(aSelf({ observed: [], candidates: [], nat }));
    expect(stdout).toContain('No peer has told yet at which endpoint it sees this machine.');
    expect(stdout).toMatch(/^candidates +none$/m);
    expect(stdout).toMatch(/^NAT +nobody has told yet$/m);
  });

  it('shows the warnings', async () => {
    const warnings = [aCause('No agent runs on hub. Start wirelink there.', 'no-agent')];
    expect((await probeSelf(aSelf({ warnings }))).stdout).toContain('warning: No agent runs on hub.');
  });

  it('prints one JSON document with --json', async () => {
    expect(JSON.parse((await probeSelf(aSelf(), '--json')).stdout)).toEqual(aStatus());
  });
});
