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

  let signals = 0;
  const onSignal = (): void => {
    signals++;
    if (signals === 1) stopping('stop');
    else hurrying('hurry');
  };
  /** The end of the terminal is no reason to end, and there is nothing to read again yet. */
  const onHangUp = (): void => undefined;
  const onError = (error: Error): void => {
    failing(error);
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal).on('SIGHUP', onHangUp).on('uncaughtException', onError);
  return {
    stop,
    hurry,
    bug,
    end: () => {
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal).off('SIGHUP', onHangUp);
      process.off('uncaughtException', onError);
    },
  };
}
