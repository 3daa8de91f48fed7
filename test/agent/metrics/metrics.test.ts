import { spawnSync } from 'node:child_process';
import { beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/agent/clock.js';
import { exposition } from '../../../src/agent/metrics/exposition.js';
import { Metrics } from '../../../src/agent/metrics/metrics.js';
import type { TunnelSocketOptions } from '../../../src/agent/ports.js';
import type { Notice } from '../../../src/core/notices.js';
import { aClaim } from '../../support/views.js';
import { address, endpoint } from '../../support/expected.js';
import { testKey } from '../../support/keys.js';
import { peerView, ScriptedEngine } from '../../support/scripted-engine.js';

const peer = testKey(1);
const there = endpoint('192.0.2.9:51820');
const lost = { code: 'contact-lost', text: '' } as const;

let engine: ScriptedEngine;
let metrics: Metrics;
let isCurrent: boolean;
beforeEach(() => {
  engine = new ScriptedEngine();
  isCurrent = true;
  metrics = new Metrics({ clock: systemClock, isConfigurationCurrent: () => isCurrent });
});

describe('metrics', () => {
  it('count peers by path, also the paths that nobody has', () => {
    engine.known = [peerView(peer, { path: 'direct' }), peerView(testKey(2)), peerView(testKey(3))];
    expect(linesOf('wirelink_peers')).toEqual([
      'wirelink_peers{path="direct"} 1',
      'wirelink_peers{path="relayed"} 2',
      'wirelink_peers{path="connecting"} 0',
      'wirelink_peers{path="offline"} 0',
      'wirelink_peers{path="plain"} 0',
    ]);
  });

  it('have how long it took to become direct as a histogram, each bucket with all below it', () => {
    for (const tookMs of [40, 66, 100, 2000, 60_000]) {
      tell({ type: 'attempt', peer, step: { what: 'direct', endpoint: there, tookMs } });
    }
    expect(linesOf('wirelink_time_to_direct_seconds')).toEqual([
      'wirelink_time_to_direct_seconds_bucket{le="0.05"} 1',
      'wirelink_time_to_direct_seconds_bucket{le="0.1"} 3',
      'wirelink_time_to_direct_seconds_bucket{le="0.25"} 3',
      'wirelink_time_to_direct_seconds_bucket{le="0.5"} 3',
      'wirelink_time_to_direct_seconds_bucket{le="1"} 3',
      'wirelink_time_to_direct_seconds_bucket{le="2.5"} 4',
      'wirelink_time_to_direct_seconds_bucket{le="5"} 4',
      'wirelink_time_to_direct_seconds_bucket{le="10"} 4',
      'wirelink_time_to_direct_seconds_bucket{le="+Inf"} 5',
      'wirelink_time_to_direct_seconds_sum 62.206',
      'wirelink_time_to_direct_seconds_count 5',
    ]);
  });

  it('count switches in both directions, and among those back the paths that stopped answering', () => {
    tell(
      { type: 'path', peer, path: 'connecting', was: 'relayed' },
      { type: 'path', peer, path: 'direct', was: 'connecting', endpoint: there },
      { type: 'path', peer, path: 'relayed', was: 'direct', cause: lost },
      { type: 'path', peer, path: 'direct', was: 'relayed', endpoint: there },
      { type: 'path', peer, path: 'direct', was: 'direct', endpoint: there },
      { type: 'path', peer, path: 'relayed', was: 'direct', cause: { code: 'no-agent', text: '' } },
      // The hub, which comes and goes and is never relayed.
      { type: 'path', peer: testKey(2), path: 'direct', was: 'offline' },
      { type: 'path', peer: testKey(2), path: 'offline', was: 'direct' },
    );
    expect(linesOf('wirelink_switches_total')).toEqual([
      'wirelink_switches_total{to="direct"} 2',
      'wirelink_switches_total{to="relayed"} 2',
    ]);
    expect(linesOf('wirelink_paths_lost_total')).toEqual(['wirelink_paths_lost_total 1']);
  });

  it('count the bytes of what agents say, in both directions, and pass them on', async () => {
    const seen: string[] = [];
    let opened: TunnelSocketOptions | undefined;
    const socket = await metrics.counted((options) => {
      opened = options;
      return Promise.resolve({
        unsent: 7,
        send: (to, bytes) => seen.push(`sent ${to} ${bytes.length}`),
        close: () => seen.push('closed'),
      });
    })({
      interface: 'wg0',
      address: address('fe80::1'),
      port: 51821,
      onDatagram: (from, bytes) => seen.push(`received ${from} ${bytes.length}`),
      onError: () => undefined,
    });
    socket.send(address('fe80::2'), new Uint8Array(100));
    socket.send(address('fe80::2'), new Uint8Array(11));
    opened?.onDatagram(address('fe80::3'), new Uint8Array(42));
    expect(socket.unsent).toBe(7);
    socket.close();
    expect(seen).toEqual(['sent fe80::2 100', 'sent fe80::2 11', 'received fe80::3 42', 'closed']);
    expect(linesOf('wirelink_control_bytes_total')).toEqual([
      'wirelink_control_bytes_total{direction="sent"} 111',
      'wirelink_control_bytes_total{direction="received"} 42',
    ]);
  });

  it('count the facts that are not believed by reason, with no word of a peer’s in it', () => {
    const refused = aClaim({ rejected: 'routers grant it to "x" and to y', rejectedCode: 'disputed', value: 'evil' });
    engine.claims = [refused, refused, aClaim({ rejected: '', rejectedCode: 'no-port' }), aClaim()];
    const lines = linesOf('wirelink_refused_facts');
    expect(lines.filter((line) => !line.endsWith(' 0'))).toEqual([
      'wirelink_refused_facts{reason="disputed"} 2',
      'wirelink_refused_facts{reason="no-port"} 1',
    ]);
    expect(lines.length).toBeGreaterThan(10);
    expect(text()).not.toContain('evil');
  });

  it('say whether the configuration on the disk is what holds', () => {
    expect(linesOf('wirelink_configuration_current')).toEqual(['wirelink_configuration_current 1']);
    isCurrent = false;
    expect(linesOf('wirelink_configuration_current')).toEqual(['wirelink_configuration_current 0']);
  });

  it('escape what would end a label or a line', () => {
    const value = 'a"b\\c\nd';
    expect(
      exposition([{ name: 'x', help: 'two\nlines \\', type: 'gauge', samples: [{ labels: { value }, value: 1 }] }]),
    ).toBe('# HELP x two\\nlines \\\\\n# TYPE x gauge\nx{value="a\\"b\\\\c\\nd"} 1\n');
  });
});

const isThere = spawnSync('promtool', ['--version'], { stdio: 'ignore' }).status === 0;
const isRequired = process.env['WIRELINK_LAB'] === 'required';
if (!isThere) {
  console.warn(
    '!!! promtool is not installed: THE FORMAT OF THE METRICS IS NOT VERIFIED. It is in Debian’s package prometheus.',
  );
}

describe('the linter of Prometheus', () => {
  it.skipIf(!isThere && !isRequired)('reads the metrics, and has nothing against them', () => {
    engine.known = [peerView(peer, { path: 'direct' })];
    tell({ type: 'attempt', peer, step: { what: 'direct', endpoint: there, tookMs: 66 } });
    expect(lint(text())).toEqual({ status: 0, said: '' });
    // It does complain where there is something to complain of.
    expect(lint('# TYPE wirelink_lost counter\nwirelink_lost 1\n').said).not.toBe('');
  });
});

function lint(input: string): { status: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' });
  return { status, said: stdout + stderr };
}

function tell(...notices: readonly Notice[]): void {
  for (const notice of notices) metrics.hear(notice);
}

const text = (): string => exposition(metrics.families(engine));

/** The samples of one metric. */
const linesOf = (name: string): readonly string[] =>
  text()
    .split('\n')
    .filter((line) => line.startsWith(name));
