import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { answers, takeLock, type LockOptions } from '../../src/agent/lock.js';

// Processes start slowly on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

let folder: string;
let options: LockOptions;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wirelink-lock-'));
  options = { interface: 'wg0', lockPath: join(folder, 'wg0.lock'), socketPath: join(folder, 'wg0.sock') };
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('the lock of an interface', () => {
  it('is refused while an agent has it and listens', async () => {
    const lock = await takeLock(options);
    const server = createServer().listen(options.socketPath);
    await once(server, 'listening');
    await expect(takeLock(options)).rejects.toMatchObject({ code: 'already-running', exit: 1 });
    server.close();
    lock.release();
  });

  it('goes to one of two that start in the same moment; the other waits for it to listen or to let go', async () => {
    const order: string[] = [];
    const first = takeLock(options).then((lock) => (order.push('taken'), lock));
    const second = takeLock(options).then((lock) => (order.push('taken'), lock));
    const winner = await Promise.race([first, second]);
    expect(order).toEqual(['taken']);
    order.push('released');
    winner.release();
    const [one, other] = await Promise.all([first, second]);
    expect(order).toEqual(['taken', 'released', 'taken']);
    (winner === one ? other : one).release();
  });

  it('is free again after its holder was killed', async () => {
    const holder = spawn('flock', [options.lockPath, '-c', 'echo taken; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    await once(holder.stdout, 'data');
    process.kill(-(holder.pid ?? 0), 'SIGKILL');
    await once(holder, 'exit');
    (await takeLock(options)).release();
  });
});

describe('a socket', () => {
  it('answers while somebody listens, not when its file is all that is left, or not even that', async () => {
    expect(await answers(options.socketPath)).toBe(false);
    const listener = spawn(process.execPath, [
      '-e',
      `require('net').createServer().listen(${JSON.stringify(options.socketPath)}, () => console.log('listens'))`,
    ]);
    await once(listener.stdout, 'data');
    expect(await answers(options.socketPath)).toBe(true);
    listener.kill('SIGKILL');
    await once(listener, 'exit');
    expect(existsSync(options.socketPath)).toBe(true);
    expect(await answers(options.socketPath)).toBe(false);
  });
});
