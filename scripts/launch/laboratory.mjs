/**
 * Whether the laboratory of namespaces can run on this machine, and how. What counts is what works, not who we are: a
 * container's root may not make namespaces, and many a user may, in a user namespace of their own.
 */
import { run, succeeds } from './run.mjs';

/** Tool to Debian package. */
const TOOLS = {
  wg: 'wireguard-tools',
  ip: 'iproute2',
  nft: 'nftables',
  ping: 'iputils-ping',
  python3: 'python3',
  conntrack: 'conntrack',
  sysctl: 'procps',
  unshare: 'util-linux',
};

const USER_NAMESPACE = ['unshare', '--user', '--map-root-user', '--'];
const MACHINE = ['unshare', '--net', '--mount', '--propagation', 'private', '--'];

/**
 * `{ prefix }`: what a program of the laboratory is to be started with. `{ missing }`: why there is none, and what
 * would help. Installs packages where it may.
 */
export async function findLaboratory() {
  if (process.platform !== 'linux') return { missing: 'it is made of Linux network namespaces, and this is no Linux.' };
  const lacking = await installTools(TOOLS);
  if (lacking !== undefined) return { missing: lacking };
  const prefix = [[], USER_NAMESPACE].find((way) =>
    succeeds([...way, ...MACHINE, 'mount', '-t', 'tmpfs', 'tmpfs', '/run']),
  );
  if (prefix === undefined) {
    return {
      missing: 'no network namespaces may be made here, neither as this user nor in a user namespace. Try as root.',
    };
  }
  const machine = [...prefix, ...MACHINE];
  if (succeeds([...machine, 'ip', 'link', 'add', 'wg0', 'type', 'wireguard'])) return { prefix };
  const userspace = await installTools({ 'wireguard-go': 'wireguard-go' });
  if (userspace !== undefined) return { missing: userspace };
  if (succeeds([...machine, 'ip', 'tuntap', 'add', 'dev', 'tun0', 'mode', 'tun'])) return { prefix };
  return {
    missing: 'the kernel has no WireGuard, and this user cannot make a TUN device for wireguard-go. Try as root.',
  };
}

/** Runs a program in the laboratory and answers its exit status. */
export const enterLaboratory = ({ prefix }, program, environment) => run([...prefix, ...program], environment);

/** The same Node as ours, found without PATH. */
export const node = (...args) => [process.execPath, ...args];

const present = (tool) => succeeds(['sh', '-c', `command -v ${tool}`]);

/** Tools, each with its Debian package, that are there in the end; or why not. Installs packages where it may. */
export async function installTools(packages) {
  const lacking = Object.keys(packages).filter((tool) => !present(tool));
  if (lacking.length === 0) return undefined;
  const command = [
    'apt-get',
    'install',
    '-y',
    '--no-install-recommends',
    ...new Set(lacking.map((tool) => packages[tool])),
  ];
  const needs = `it needs ${lacking.join(', ')}. On Debian: ${command.join(' ')}`;
  if (process.getuid() !== 0 || !present('apt-get')) return needs;
  console.log(`Installing what the laboratory needs: ${command.join(' ')}`);
  const quiet = { DEBIAN_FRONTEND: 'noninteractive' };
  // A fresh container has no package lists yet, and old ones name versions that are gone.
  const done = (await run(command, quiet)) === 0;
  if (!done && (await run(['apt-get', 'update'], quiet)) === 0) await run(command, quiet);
  return lacking.every(present) ? undefined : needs;
}
