/**
 * What this machine's kernel gives the laboratory: its own WireGuard or wireguard-go instead, netem or a program in the
 * place of a cable. Asked of the kernel once, so that all machines of a run are of one kind, and said aloud.
 */
import { spawnSync } from 'node:child_process';

export interface Means {
  readonly wireguard: 'kernel module' | 'wireguard-go';
  readonly cables: 'netem' | 'cable.py';
}

let found: Means | undefined;

/** Throws where WIRELINK_LAB_MEANS is `kernel` and the kernel lacks one of the two. */
export function means(): Means {
  found ??= find();
  return found;
}

/** One line for whoever reads a run's output. */
export const describeMeans = ({ wireguard, cables }: Means): string => `laboratory: ${wireguard}, cables by ${cables}`;

function find(): Means {
  const seen: Means = {
    wireguard: works('ip link add wg0 type wireguard') ? 'kernel module' : 'wireguard-go',
    cables: works('tc qdisc add dev lo root netem delay 1ms') ? 'netem' : 'cable.py',
  };
  if (process.env['WIRELINK_LAB_MEANS'] === 'kernel' && (seen.wireguard !== 'kernel module' || seen.cables !== 'netem'))
    throw new Error(`The kernel should have WireGuard and netem, and does not (${describeMeans(seen)}).`);
  return seen;
}

/** Whether a command succeeds in a network namespace that ends with it. */
const works = (command: string): boolean =>
  spawnSync('unshare', ['--net', '--', ...command.split(' ')], {
    stdio: 'ignore',
    env: { PATH: [process.env['PATH'], '/usr/sbin', '/sbin'].join(':') },
  }).status === 0;
