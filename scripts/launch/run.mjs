/** Running other programs: in the foreground with our streams, or quietly for what they say. */
import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** A user's PATH often lacks the places where system tools live. */
const searched = { ...process.env, PATH: [process.env.PATH, '/usr/sbin', '/sbin'].join(':') };

/** Runs it with our streams and answers its exit status. A signal to us is passed on, and its end awaited. */
export function run([command, ...args], environment = {}) {
  return new Promise((resolve) => {
    const program = spawn(command, args, { cwd: root, stdio: 'inherit', env: { ...searched, ...environment } });
    const pass = (signal) => program.kill(signal);
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    const end = (status) => {
      for (const signal of signals) process.removeListener(signal, pass);
      resolve(status);
    };
    for (const signal of signals) process.on(signal, pass);
    program.on('error', (error) => {
      console.error(`${command}: ${error.message}`);
      end(127);
    });
    program.on('exit', (status) => end(status === null ? 1 : status));
  });
}

/** Whether it runs and succeeds; what it says goes nowhere. */
export function succeeds([command, ...args]) {
  return spawnSync(command, args, { stdio: 'ignore', env: searched }).status === 0;
}

/** What it prints; throws with what it complains when it fails. */
export function output([command, ...args], directory = root) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: directory,
    encoding: 'utf8',
    env: searched,
  });
  if (status === 0) return stdout;
  throw new Error(`${[command, ...args].join(' ')} failed: ${error ? error.message : stderr.trim()}`);
}
