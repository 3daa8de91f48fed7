/**
 * How long some commands take, in turn, so that a change in the machine's load meets all: run inside a machine.
 *
 *   node in-turn.mjs COUNT '["command", "argument"]' '["other", "argument"]'
 *
 * Prints for each turn the commands' milliseconds, as JSON; fails when a command fails.
 */
import { spawnSync } from 'node:child_process';

const [count, ...commands] = process.argv.slice(2).map((argument) => JSON.parse(argument));

function time([command, ...args]) {
  const begun = process.hrtime.bigint();
  const { status, stderr } = spawnSync(command, args);
  const took = Number(process.hrtime.bigint() - begun) / 1e6;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}: ${stderr}`);
  return took;
}

// Once before it counts: what is read from disk for the first time is nobody's fault.
for (const command of commands) time(command);
console.log(JSON.stringify(Array.from({ length: count }, () => commands.map(time))));
