import { afterEach, describe, expect, it } from 'vitest';
import { columnsOf } from '../../src/cli/render/text.js';
import type { GraphReport } from '../../src/cli/graph/model.js';
import type { PathKind, PeerView } from '../../src/core/views.js';
import { fakeAgent, type FakeAgent } from '../support/fake-agent.js';
import { aHub, aKey, anEndpoint, aSelf, aSpoke, HUB, LONG_ENDPOINT, SELF, SPOKE, without } from '../support/views.js';
import { wirelink, type Outcome } from '../support/wirelink.js';

let agent: FakeAgent | undefined;
afterEach(async () => agent?.close());

async function graph(peers: readonly PeerView[], args: readonly string[] = [], columns?: number): Promise<Outcome> {
  await agent?.close();
  agent = await fakeAgent({ peers: () => ({ self: aSelf(), peers }) });
  const width = columns === undefined ? {} : { COLUMNS: String(columns) };
  return wirelink(['graph', ...args], { WIRELINK_RUN_DIR: agent.directory, ...width });
}

const KINDS: readonly PathKind[] = ['direct', 'relayed', 'connecting', 'offline', 'plain'];

/** A hub, and spokes of all kinds of paths in turn. */
const network = (count: number, name = (at: number): string => `machine-${at}`): readonly PeerView[] => [
  aHub(),
  ...Array.from({ length: count - 1 }, (_, at) => {
    const path = KINDS[at % KINDS.length] ?? 'direct';
    const peer = aSpoke({ publicKey: aKey(10 + at), name: name(at), path, endpoint: anEndpoint('192.0.2.9:51820') });
    return path === 'direct' ? { ...without(peer, 'via', 'cause', 'retryInMs') } : without(peer, 'rttMs');
  }),
];

const HOSTILE = 'x"];--><script>alert(1)</script>`#quot;\\" -- n0 {$(id)}&lt;\u001b[2J\u202e\n|end';

describe('wirelink graph', () => {
  it('draws this machine, its direct peers, and below the router what it carries', async () => {
    const { status, stdout, stderr } = await graph(network(6));
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout.split('\n')).toEqual([
      'this machine, wg0',
      '├━━ hub  router, 1.2 ms',
      '│  ├╍╍ machine-2  connecting',
      '│  ├┄┄ machine-1  relayed',
      '│  ├── machine-4  WireGuard only',
      '│  └·· machine-3  offline',
      '└━━ machine-0  52 ms  192.0.2.9:51820',
      '',
      '━━ 2 direct  ┄┄ 1 relayed  ╍╍ 1 connecting  ·· 1 offline  ── 1 WireGuard only',
      '',
    ]);
  });

  it('draws two, and nobody', async () => {
    expect((await graph([aHub()])).stdout).toBe(
      'this machine, wg0\n└━━ hub  router, 1.2 ms  198.51.100.1:51820\n\n━━ 1 direct\n',
    );
    expect((await graph([])).stdout).toBe('this machine, wg0\nNo peers.\n');
  });

  it('puts many peers beside each other, so that sixty are seen at once', async () => {
    const { stdout } = await graph(network(60));
    for (let at = 0; at < 59; at++) expect(stdout).toMatch(new RegExp(`\\bmachine-${at}\\b`));
    expect(stdout.split('\n').length).toBeLessThan(30);
    expect((await graph(network(60), [], 160)).stdout.split('\n').length).toBeLessThan(20);
  });

  it.each([60, 80, 160])('has no line longer than %d columns', async (columns) => {
    for (const count of [2, 5, 20, 60]) {
      const names = network(count, (at) => `a name that goes on and on 東京都庁舎 ${at}`);
      const peers = names.map((peer) => ({ ...peer, endpoint: LONG_ENDPOINT }));
      const { stdout } = await graph(peers, [], columns);
      for (const line of stdout.split('\n')) expect(columnsOf(line)).toBeLessThanOrEqual(columns);
    }
  });

  it('draws no link between others but the router’s that carries what is not direct', async () => {
    const other = aKey(9);
    const { stdout } = await graph(
      [aHub(), aSpoke(), aSpoke({ publicKey: other, name: 'nas', via: SPOKE })],
      ['--json'],
    );
    const { interface: name, nodes, links } = JSON.parse(stdout) as GraphReport;
    expect(name).toBe('wg0');
    expect(nodes).toEqual([
      { publicKey: SELF, kind: 'self' },
      { publicKey: HUB, name: 'hub', kind: 'router' },
      { publicKey: SPOKE, name: 'laptop', kind: 'peer' },
      { publicKey: other, name: 'nas', kind: 'peer' },
    ]);
    expect(links).toEqual([
      { from: SELF, to: HUB, path: 'direct', rttMs: 1.23, endpoint: '198.51.100.1:51820' },
      { from: HUB, to: SPOKE, path: 'relayed', rttMs: 52.1 },
      // Who is no router carries nothing.
      { from: SELF, to: other, path: 'relayed', rttMs: 52.1 },
    ]);
  });
});

describe('wirelink graph for documents', () => {
  const peers = [aHub({ name: HOSTILE.slice(0, 30) }), ...network(6, () => HOSTILE.slice(20)).slice(1)];
  const formats = ['svg', 'dot', 'mermaid'] as const;

  it.each(formats)('has in %s every peer, and each path told apart', async (format) => {
    const { status, stdout, stderr } = await graph(network(6), ['--format', format]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    for (const label of ['this machine', 'hub', ...[0, 1, 2, 3, 4].map((at) => `machine-${at}`), '52 ms', 'relayed']) {
      expect(stdout).toContain(label);
    }
  });

  it.each(formats.map((format) => ({ format })))('lets no name do anything in $format', async ({ format }) => {
    const { stdout } = await graph(peers, ['--format', format]);
    expect(stdout).not.toMatch(/[^\P{Cc}\n]|\u202e/u);
    expect(stdout).not.toContain('<script');
    expect(stdout).not.toContain('alert(1)</');
  });

  it('is well-formed as SVG, whatever the peers are called', async () => {
    const { stdout } = await graph(peers, ['--format', 'svg']);
    // All tags are ours, and close; all attributes are quoted; every ampersand begins a number.
    const tags = [...stdout.matchAll(/<(\/?)(\w+)((?: [\w:-]+="[^"<]*")*)(\/?)>/g)];
    expect(new Set(tags.map(([, , name]) => name))).toEqual(
      new Set(['svg', 'title', 'rect', 'path', 'g', 'circle', 'text', 'tspan']),
    );
    const open: (string | undefined)[] = [];
    for (const [, closing, name, , alone] of tags) {
      if (closing === '/') expect(open.pop()).toBe(name);
      else if (alone !== '/') open.push(name);
    }
    expect(open).toEqual([]);
    const between = tags.reduce((text, [tag]) => text.replace(tag, ''), stdout);
    expect(between).not.toMatch(/[<>]|&(?!#\d+;)/);
  });

  it('is one statement a line in DOT, whose strings end where they should', async () => {
    const { stdout } = await graph(peers, ['--format', 'dot']);
    const string = String.raw`"(?:[^"\\\n&<>]|\\["\\]|&(?:amp|lt|gt);)*"`;
    const statement = new RegExp(
      `^(?:graph ${string} \\{|\\}|  (?:rankdir|node|edge).*;|  n\\d+(?: -- n\\d+)? \\[label=${string}(?:, \\w+=(?:\\w+|"#\\w+"))*\\];)$`,
    );
    for (const line of stdout.trimEnd().split('\n')) expect(line).toMatch(statement);
  });

  it('has in Mermaid nothing but letters, digits and numbered characters in its quotes', async () => {
    const { stdout } = await graph(peers, ['--format', 'mermaid']);
    const [first, ...lines] = stdout.trimEnd().split('\n');
    expect(first).toBe('flowchart LR');
    const string = String.raw`"(?:[\p{L}\p{M}\p{N} .…_-]|#\d+;)*"`;
    const statement = new RegExp(
      `^  n\\d+(?:\\(\\[${string}\\]\\)|\\[${string}\\]| (?:===|-\\.-|---)\\|${string}\\| n\\d+)$`,
      'u',
    );
    for (const line of lines) expect(line).toMatch(statement);
  });
});
