import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openServiceManager, statusOf, type ServiceManager } from '../../src/agent/service-manager.js';
import type { PathKind, PeerView } from '../../src/core/views.js';
import { Machine } from './support/machine.js';

let folder: string;
let machine: Machine;
let service: ServiceManager;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wirelink-notify-'));
  machine = new Machine();
  writeFileSync(join(folder, 'told'), '');
  notifier(`printf '%s %s\\n' "$NOTIFY_SOCKET" "$*" >> '${folder}/told'`);
});

afterEach(() => {
  service.close();
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

describe('an agent that systemd started', () => {
  it('says when it is ready and when it stops', async () => {
    open({});
    service.ready();
    service.stopping();
    await heard(['/run/notify READY=1', '/run/notify STOPPING=1']);
  });

  it('says before and after it reads its configuration again, in that order, when that was', async () => {
    open({});
    const before = process.hrtime.bigint() / 1000n;
    let done = 0n;
    service.reload(() => {
      done = process.hrtime.bigint() / 1000n;
    });
    await vi.waitFor(
      () => {
        expect(told()).toHaveLength(2);
      },
      { timeout: 20_000 },
    );
    const [, at = ''] = /^\/run\/notify RELOADING=1 MONOTONIC_USEC=(\d+)$/.exec(told()[0] ?? '') ?? [];
    expect(BigInt(at)).toBeGreaterThanOrEqual(before);
    expect(BigInt(at)).toBeLessThanOrEqual(done);
    expect(told()[1]).toBe('/run/notify READY=1');
  });

  it('says that it is alive three times within the time of the watchdog', async () => {
    open({ WATCHDOG_USEC: '150000', WATCHDOG_PID: String(process.pid) });
    expect(told()).toEqual([]);
    service.ready();
    await heard(['/run/notify READY=1', '/run/notify WATCHDOG=1', '/run/notify WATCHDOG=1']);
  });

  it('leaves a watchdog alone that is set on another process', async () => {
    vi.useFakeTimers({ toFake: ['setInterval'] });
    open({ WATCHDOG_USEC: '150000', WATCHDOG_PID: '1' });
    service.ready();
    await vi.advanceTimersByTimeAsync(1000);
    service.stopping();
    await heard(['/run/notify READY=1', '/run/notify STOPPING=1']);
  });

  it('tells its status when it has settled, and only when it is another one', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    open({});
    for (const text of ['0 direct, 2 relayed', '1 direct, 1 relayed', '2 direct, 0 relayed']) service.status(text);
    await vi.advanceTimersByTimeAsync(1000);
    service.status('2 direct, 0 relayed');
    await vi.advanceTimersByTimeAsync(1000);
    service.stopping();
    vi.useRealTimers();
    await heard(['/run/notify STATUS=2 direct, 0 relayed', '/run/notify STOPPING=1']);
  });

  it('takes from the programs it starts what was meant for itself', () => {
    const environment = open({ WATCHDOG_USEC: '1', WATCHDOG_PID: '1' });
    expect(Object.keys(environment)).toEqual(['PATH']);
  });

  it('goes on when systemd-notify fails, and says so once', async () => {
    notifier('exit 1');
    open({});
    service.ready();
    service.stopping();
    await vi.waitFor(() => {
      expect(machine.logged).toHaveLength(1);
    });
    expect(machine.logged[0]).toContain('warning: systemd could not be told READY=1');
  });
});

describe('an agent that somebody else started', () => {
  it('tells nobody', () => {
    service = openServiceManager({ PATH: folder, WATCHDOG_USEC: '1000' }, machine.log);
    service.ready();
    service.status('x');
    service.stopping();
    expect(service.listens).toBe(false);
  });
});

describe('the status', () => {
  it('counts direct and relayed peers', () => {
    const paths: readonly PathKind[] = ['direct', 'direct', 'relayed', 'connecting', 'offline', 'plain'];
    expect(statusOf(paths.map((path) => ({ path }) as PeerView))).toBe('2 direct, 2 relayed');
  });
});

function open(more: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const environment = { PATH: `${folder}:${process.env['PATH'] ?? ''}`, NOTIFY_SOCKET: '/run/notify', ...more };
  service = openServiceManager(environment, machine.log);
  return environment;
}

function notifier(script: string): void {
  const program = join(folder, 'systemd-notify');
  writeFileSync(program, `#!/bin/sh\n${script}\n`);
  chmodSync(program, 0o755);
}

const told = (): readonly string[] => readFileSync(join(folder, 'told'), 'utf8').split('\n').slice(0, -1);

/** Waits for the messages; more may follow. */
async function heard(messages: readonly string[]): Promise<void> {
  await vi.waitFor(
    () => {
      expect(told().slice(0, messages.length)).toEqual(messages);
    },
    { timeout: 20_000 },
  );
}
