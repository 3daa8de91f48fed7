/** A configuration that is read again, metrics and events, on a direct pair that carries traffic all the while. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Agent, command, peersOf, viewOf } from '../../lab/agent.js';
import { pathOf } from '../../lab/observe.js';
import { twoHomes } from '../../lab/scenes.js';
import type { Member } from '../../lab/star.js';
import { Stream } from '../../lab/udp.js';
import { waitFor } from '../../lab/wait.js';
import type { EventView } from '../../src/core/happenings.js';
import { enter } from './enter.js';
import { DIRECT_WITHIN_MS } from './mesh.js';

const SOON = { timeoutMs: 10_000 };
const METRICS = '127.0.0.1:9586';
/** What a person would do with curl, by what is installed in any case. */
const FETCH = `fetch('http://${METRICS}/metrics').then((answer) => answer.text()).then((text) => process.stdout.write(text))`;

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wirelink-lab-'));
  file = join(folder, 'wg0.yaml');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('an agent that gets SIGHUP', () => {
  it('applies what changed without a lost packet, takes no mistake over, and tells both', async () => {
    const { hub, a, b } = await enter(twoHomes());
    writeFileSync(file, `metrics: ${METRICS}\n`);
    const agent = await Agent.start(a, { args: ['--config', file] });
    await Promise.all([Agent.start(hub), Agent.start(b)]);
    await waitFor(
      'a and b are direct',
      async () => [await pathOf(a, b), await pathOf(b, a)],
      (paths) => paths.every((path) => path === 'direct'),
      { timeoutMs: DIRECT_WITHIN_MS },
    );
    const stream = await Stream.start(a, b, { perSecond: 100 });

    writeFileSync(file, `metrics: ${METRICS}\nport: 4000\npeers:\n  - { key: "${b.key}", name: cellar }\n`);
    expect((await peersOf(a)).self.warnings).toMatchObject([{ code: 'configuration' }]);
    process.kill(agent.pid, 'SIGHUP');
    await waitFor(
      'b has its new name',
      () => viewOf(a, b),
      (view) => view?.name === 'cellar' && view.path === 'direct',
      SOON,
    );
    expect((await peersOf(a)).self.warnings[0]?.text).toContain('the port stays 51821');

    writeFileSync(file, `metrics: ${METRICS}\npeers:\n  - { key: "${b.key}", naem: cellar }\n`);
    process.kill(agent.pid, 'SIGHUP');
    const [refused] = await waitFor(
      'the mistake is told',
      () => eventsOf(a, 'reload', 'refused'),
      (events) => events.length > 0,
      SOON,
    );
    expect(refused?.text).toContain(`${file}:3:`);
    expect(refused?.text).toContain('unknown key "naem", perhaps "name"');
    expect(agent.story()).toContain(`${file}:3:`);
    expect((await viewOf(a, b))?.name).toBe('cellar');

    const metrics = await a.machine.run(process.execPath, ['-e', FETCH]);
    expect(metrics).toContain('wirelink_peers{path="direct"} 2\n');
    expect(metrics).toContain('wirelink_time_to_direct_seconds_count 1\n');
    expect(metrics).toContain('wirelink_switches_total{to="direct"} 1\n');
    expect(metrics).toContain('wirelink_configuration_current 0\n');
    expect(Number(/control_bytes_total\{direction="sent"\} (\d+)/.exec(metrics)?.[1])).toBeGreaterThan(100);

    const ways = await eventsOf(a, 'path');
    expect(ways.find(({ peer, path }) => peer === b.key && path === 'direct')).toBeDefined();
    expect(await pathOf(a, b)).toBe('direct');
    expect((await stream.stop()).lost).toBe(0);
    expect(await agent.stop()).toBe(0);
  });
});

async function eventsOf(member: Member, type: EventView['type'], code?: string): Promise<readonly EventView[]> {
  const { stdout } = await command(member, ['events', '--json']);
  const { events } = JSON.parse(stdout) as { readonly events: readonly EventView[] };
  return events.filter((event) => event.type === type && (code === undefined || event.code === code));
}
