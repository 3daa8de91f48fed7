/**
 * Whether tests on real WireGuard can run here: not whether we are root, but whether the tools are there and namespaces
 * and tunnels can be made. Skipping is loud, and an error where WIRELINK_LAB is `required`.
 */
import { spawnSync } from 'node:child_process';
import { describe } from 'vitest';

/** What was found, once somebody looked. */
let found: { readonly obstacle: string | undefined } | undefined;

export function canUseTunnels(): boolean {
  return whyNot() === undefined;
}

/** A `describe` for tests that need tunnels. */
export function describeLab(name: string, tests: () => void): void {
  const why = whyNot();
  if (why === undefined) {
    describe(name, tests);
    return;
  }
  if (process.env['WIRELINK_LAB'] === 'required') throw new Error(`${name}: cannot run here, ${why}`);
  process.stderr.write(`\n!!! SKIPPED, not tested on this machine: ${name} (${why})\n\n`);
  describe.skip(name, tests);
}

function whyNot(): string | undefined {
  found ??= { obstacle: findObstacle() };
  return found.obstacle;
}

function findObstacle(): string | undefined {
  for (const tool of ['ip', 'wg', 'wireguard-go']) {
    if (spawnSync(tool, ['--version']).error !== undefined) return `${tool} is not installed`;
  }
  const namespace = `wlcan${process.pid}`;
  const made = spawnSync('ip', ['netns', 'add', namespace]);
  if (made.status !== 0) return 'no network namespace can be made';
  const tunnel = spawnSync('ip', ['-n', namespace, 'tuntap', 'add', 'mode', 'tun', 'name', 'probe0']);
  spawnSync('ip', ['netns', 'del', namespace]);
  return tunnel.status === 0 ? undefined : 'no tunnel can be made';
}
