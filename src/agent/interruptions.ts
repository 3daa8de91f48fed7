/** Signals, and errors that nobody caught, as promises: so that the agent meets them where it waits anyway. */
import type { Interruptions } from './agent.js';

/** `end` gives the signals their usual meaning back. */
export function watchInterruptions(): Interruptions & { readonly end: () => void } {
  let stopping: (value: 'stop') => void = () => undefined;
  let hurrying: (value: 'hurry') => void = () => undefined;
  let failing: (error: Error) => void = () => undefined;
  const stop = new Promise<'stop'>((resolve) => (stopping = resolve));
  const hurry = new Promise<'hurry'>((resolve) => (hurrying = resolve));
  const bug = new Promise<never>((_resolve, reject) => (failing = reject));
  // It may come before anybody waits for it.
  bug.catch(() => undefined);

  const listeners = new Set<() => void>();
  let signals = 0;
  const onSignal = (): void => {
    signals++;
    if (signals === 1) stopping('stop');
    else hurrying('hurry');
  };
  /** The end of the terminal, which is no reason to end, says the same as an administrator does. */
  const onHangUp = (): void => {
    for (const listener of listeners) listener();
  };
  const onError = (error: Error): void => {
    failing(error);
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal).on('SIGHUP', onHangUp).on('uncaughtException', onError);
  return {
    stop,
    hurry,
    bug,
    onReload: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    end: () => {
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal).off('SIGHUP', onHangUp);
      process.off('uncaughtException', onError);
    },
  };
}
