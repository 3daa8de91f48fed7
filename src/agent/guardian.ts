/**
 * What remains when the agent is killed: a small shell that holds a pipe to it. When the pipe ends without a goodbye,
 * it waits for a restarted agent to adopt what the dead one left, and otherwise has it undone. Whether an agent runs by
 * then is not its business: the restore that it starts refuses to touch an interface that has one.
 */
import { spawn } from 'node:child_process';

export interface Guardian {
  /** The agent ends and has undone its changes itself. */
  dismiss(): void;
}

export interface GuardianOptions {
  /** Program and arguments that undo what the agent left. */
  readonly restore: readonly [string, ...string[]];
  /** Whole seconds. */
  readonly graceSeconds?: number;
  /** The guardian ended though nobody dismissed it: nothing watches over the agent any more. */
  readonly onLoss: (reason: string) => void;
}

/** Long enough for a supervisor to start the agent again, and short against the 10 s after which people look. */
const GRACE_SECONDS = 3;

/** The parameters are the grace and then the command itself, so that no blank or quote in a path matters. */
const SCRIPT = `
trap '' INT HUP
read -r word && exit 0
sleep "$1"
shift
exec "$@"
`;

/** In a session of its own, so that Ctrl-C and the end of the terminal reach the agent alone. */
export function startGuardian({ restore, graceSeconds = GRACE_SECONDS, onLoss }: GuardianOptions): Guardian {
  let dismissed = false;
  const child = spawn('/bin/sh', ['-c', SCRIPT, 'wirelink-guardian', String(graceSeconds), ...restore], {
    detached: true,
    // Not the agent's output: whoever reads that to its end would wait for the guardian.
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.once('error', (error) => {
    onLoss(error.message);
  });
  child.once('exit', (status, signal) => {
    if (!dismissed) onLoss(signal ?? `exit status ${status ?? 'unknown'}`);
  });
  // Writing to one that is gone already; its exit tells that.
  child.stdin.on('error', () => undefined);
  child.unref();
  return {
    dismiss: () => {
      dismissed = true;
      child.stdin.end('bye\n');
    },
  };
}

/** How this very program is started to undo what the agent on the interface left. */
export function restoreCommand(interfaceName: string): [string, ...string[]] {
  const script = process.argv[1];
  if (script === undefined) throw new Error('bug: started without a script');
  return [process.execPath, ...process.execArgv, script, 'up', interfaceName, '--restore'];
}
