import { afterEach, describe, expect, it } from 'vitest';
import type { PeerView, SelfView } from '../../src/core/views.js';
import { columnsOf } from '../../src/cli/render/text.js';
import { fakeAgent, type FakeAgent } from '../support/fake-agent.js';
import {
  aCause,
  aHub,
  aKey,
  anEndpoint,
  aPrefix,
  aSelf,
  aSpoke,
  HUB,
  LONG_ENDPOINT,
  without,
} from '../support/views.js';
import { wirelink, type Outcome } from '../support/wirelink.js';

let agent: FakeAgent | undefined;

afterEach(async () => {
  await agent?.close();
  agent = undefined;
});

interface Asked {
  readonly peers?: readonly PeerView[];
  readonly self?: SelfView;
  readonly args?: readonly string[];
  readonly columns?: number;
}

async function peers({ peers = [aHub(), aSpoke()], self = aSelf(), args = [], columns }: Asked = {}): Promise<Outcome> {
  agent = await fakeAgent({ peers: () => ({ self, peers }) });
  const width = columns === undefined ? {} : { COLUMNS: String(columns) };
  return wirelink(['peers', ...args], { WIRELINK_RUN_DIR: agent.directory, ...width });
}

describe('wirelink peers', () => {
  it('shows each peer with path, endpoint, round trip, last contact, bytes and allowed IPs', async () => {
    const { stdout, status } = await peers({ columns: 140 });
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^hub +direct, router +198\.51\.100\.1:51820 +1\.2 ms +3 s +1\.2 MiB +90 KiB +10\.9\.0\.0\/24$/m,
    );
    expect(stdout).toMatch(/^laptop +relayed via hub +203\.0\.113\.9:40312 +52 ms +12 s +0 B +0 B +10\.9\.0\.3\/32$/m);
  });

  it('puts below the row what 80 columns have no room for', async () => {
    const { stdout } = await peers();
    expect(stdout).toMatch(/^hub +direct, router +198\.51\.100\.1:51820 +1\.2 ms +3 s$/m);
    expect(stdout).toContain('\n  10.9.0.0/24; received 1.2 MiB; sent 90 KiB\n');
  });

  it('says of each peer that is not direct why, and when the next attempt is', async () => {
    const { stdout } = await peers();
    expect(stdout).toMatch(/WHY NOT DIRECT\n +laptop +None of its candidates answered\. Next attempt in 12 s\.\n$/);
  });

  it('tells all kinds of paths apart', async () => {
    const spoke = aSpoke();
    const { stdout } = await peers({
      peers: [
        aHub(),
        { ...spoke, publicKey: aKey(10), name: 'a', path: 'direct' },
        { ...spoke, publicKey: aKey(11), name: 'b', path: 'connecting', via: HUB },
        { ...spoke, publicKey: aKey(12), name: 'c', path: 'offline' },
        { ...spoke, publicKey: aKey(13), name: 'd', path: 'plain' },
      ],
    });
    expect(stdout).toMatch(/^a +direct /m);
    expect(stdout).toMatch(/^b +connecting via hub /m);
    expect(stdout).toMatch(/^c +offline /m);
    expect(stdout).toMatch(/^d +WireGuard only /m);
    expect(stdout).toContain('wg0: 5 peers: 2 direct, 1 connecting, 1 offline, 1 WireGuard only\n');
  });

  it('calls a peer without a name by the beginning of its key', async () => {
    const { publicKey } = aSpoke();
    const { stdout } = await peers({ peers: [without(aSpoke(), 'name')] });
    expect(stdout).toMatch(new RegExp(`^${publicKey.slice(0, 8).replaceAll('+', '\\+')} `, 'm'));
    expect(stdout).not.toContain(publicKey);
  });

  it('warns of what keeps the whole machine from connecting', async () => {
    const text = 'No agent runs on hub: nobody tells us about other spokes. Start wirelink there.';
    const { stdout } = await peers({ self: aSelf({ warnings: [aCause(text, 'no-agent')] }) });
    expect(stdout).toMatch(
      /^warning: No agent runs on hub: nobody tells us about other spokes\. Start\n +wirelink there\.$/m,
    );
  });

  it('says so when there are no peers', async () => {
    expect(await peers({ peers: [] })).toMatchObject({ status: 0, stdout: 'wg0: no peers.\n', stderr: '' });
  });

  it.each([60, 80, 120, 200])('has no line longer than %d columns, whatever it has to show', async (columns) => {
    const long = aSpoke({
      name: 'a name that goes on and on 東京都庁舎 and on',
      endpoint: LONG_ENDPOINT,
      lastContactMs: 59_000,
      rxBytes: 999e12,
      txBytes: 999e12,
      allowedIps: Array.from({ length: 12 }, (_, at) =>
        aPrefix(`2001:db8:1234:5678:9abc:def0:${String(at + 1)}:0/112`),
      ),
      cause: aCause(`${'word '.repeat(40)}${'x'.repeat(300)}`),
    });
    const other = aSpoke({ publicKey: aKey(9), path: 'connecting', via: long.publicKey });
    const { stdout } = await peers({ peers: [aHub({ name: 'h'.repeat(100) }), long, other], columns });
    for (const line of stdout.split('\n')) expect(columnsOf(line)).toBeLessThanOrEqual(columns);
  });

  it('takes 80 columns for a pipe that says nothing of its width', async () => {
    const { stdout } = await peers({ peers: [aHub({ endpoint: LONG_ENDPOINT }), aSpoke({ endpoint: LONG_ENDPOINT })] });
    expect(Math.max(...stdout.split('\n').map(columnsOf))).toBeLessThanOrEqual(80);
  });

  it('escapes control characters in names and causes', async () => {
    const evil = aSpoke({ name: 'x\u001b[2J\u202e\ny', cause: aCause('be\u0007ware\r\u009b1m') });
    const { stdout } = await peers({ peers: [evil] });
    expect(stdout).toContain('x\\u{1b}[2J\\u{202e}');
    expect(stdout).toContain('be\\u{7}ware\\u{d}\\u{9b}1m');
    expect(stdout).not.toMatch(/[^\P{Cc}\n]|\u202e/u);
  });

  it('prints one JSON document with --json, with nothing in it that a terminal would obey', async () => {
    const evil = aSpoke({ name: 'x\u001b[2J\u009b\u202ey' });
    const { stdout, stderr, status } = await peers({ peers: [evil], args: ['--json'] });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({ interface: 'wg0', self: aSelf(), peers: [evil] });
    expect(stdout).not.toMatch(/[^\P{Cc}\n]|\u202e/u);
  });

  it('asks the agent of the interface that --interface names', async () => {
    const given = await peers({
      args: ['--interface', 'wg0', '--json'],
      peers: [aSpoke({ endpoint: anEndpoint('192.0.2.1:1') })],
    });
    expect(JSON.parse(given.stdout)).toMatchObject({ interface: 'wg0' });
    expect(agent?.requests).toEqual([{ id: 1, method: 'peers', params: {} }]);
  });
});
