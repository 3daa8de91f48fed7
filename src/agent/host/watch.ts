/**
 * Notices that links, addresses or routes of the machine changed. What changed is not looked at: whoever is called reads
 * again. One child, `ip monitor`; when the agent is killed, the child ends with the next change it cannot write.
 */
import { spawn, type ChildProcess } from 'node:child_process';

/** A cable that is plugged in makes a dozen changes within a few milliseconds: one reading is enough for them. */
const COALESCE_MS = 50;

/** A child that ends was killed, or its socket overflowed; `ip` may also be missing for good. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/** Calls `changed` until the answered function is called, which also ends the child. */
export function watchMachine(changed: () => void): () => void {
  let child: ChildProcess | undefined;
  let coalescing: NodeJS.Timeout | undefined;
  let restarting: NodeJS.Timeout | undefined;
  let pause = FIRST_PAUSE_MS;
  let stopped = false;

  const notice = (): void => {
    coalescing ??= setTimeout(() => {
      coalescing = undefined;
      changed();
    }, COALESCE_MS);
  };

  const start = (): void => {
    const monitor = spawn('ip', ['-o', 'monitor', 'link', 'address', 'route'], { stdio: ['ignore', 'pipe', 'ignore'] });
    child = monitor;
    monitor.stdout.on('data', () => {
      pause = FIRST_PAUSE_MS;
      notice();
    });
    // A child that cannot be started tells `error` only, one that ran tells `exit` only.
    monitor.once('error', restart);
    monitor.once('exit', restart);
  };

  const restart = (): void => {
    child = undefined;
    if (stopped || restarting !== undefined) return;
    restarting = setTimeout(() => {
      restarting = undefined;
      start();
      // Whatever changed meanwhile, nobody told us.
      notice();
    }, pause);
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  };

  start();
  return () => {
    stopped = true;
    clearTimeout(coalescing);
    clearTimeout(restarting);
    child?.kill();
    // Whatever else holds the pipe's other end, we wait for nothing of it.
    child?.stdout?.destroy();
    child?.unref();
  };
}
