/** A network namespace of a test's own, with wireguard-go interfaces in it. Names are unique on the machine. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { linkLocal, parseKey, type PublicKey } from '../../src/core/values/key.js';

let made = 0;

const shell = (tool: string, args: readonly string[], input?: string): string =>
  execFileSync(tool, args, { encoding: 'utf8', input, stdio: ['pipe', 'pipe', 'pipe'] }).trim();

export interface TestInterface {
  readonly name: string;
  readonly publicKey: PublicKey;
  readonly privateKey: string;
}

export class TestNamespace {
  readonly name = `wlt${process.pid}n${++made}`;
  readonly #directory = mkdtempSync(join(tmpdir(), 'wirelink-lab-'));
  readonly #interfaces: string[] = [];
  readonly #children: ChildProcess[] = [];

  constructor() {
    shell('ip', ['netns', 'add', this.name]);
    this.ip('link', 'set', 'lo', 'up');
  }

  ip(...args: readonly string[]): string {
    return shell('ip', ['-n', this.name, ...args]);
  }

  /** Many commands of `ip` within a millisecond. */
  batch(commands: readonly string[]): void {
    shell('ip', ['-n', this.name, '-batch', '-'], `${commands.join('\n')}\n`);
  }

  exec(tool: string, ...args: readonly string[]): string {
    return shell('ip', ['netns', 'exec', this.name, tool, ...args]);
  }

  /** For `node` with sources in TypeScript; ended with the namespace. */
  node(file: string, ...args: readonly string[]): ChildProcess {
    const command = ['netns', 'exec', this.name, process.execPath, '--import', 'tsx', file, ...args];
    const child = spawn('ip', command, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#children.push(child);
    return child;
  }

  /** An interface that is up and has a key, and nothing else. */
  wireguard(name = `wlt${process.pid % 100000}i${++made}`): TestInterface {
    // Whoever reads a pipe of the daemon's would wait for its end.
    execFileSync('ip', ['netns', 'exec', this.name, 'wireguard-go', name], { stdio: 'ignore' });
    this.#interfaces.push(name);
    const privateKey = shell('wg', ['genkey']);
    const publicKey = parseKey(shell('wg', ['pubkey'], privateKey));
    if (publicKey === undefined) throw new Error('wg pubkey printed no key');
    this.wg('set', name, 'private-key', this.file(privateKey));
    this.ip('link', 'set', name, 'up');
    return { name, publicKey, privateKey };
  }

  wg(...args: readonly string[]): string {
    return shell('wg', args);
  }

  /** A file with that content: `wg` takes keys from nothing else. */
  file(content: string): string {
    const path = join(this.#directory, 'content');
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  }

  /** A directory to put first into PATH: its `ip` works inside the namespace. */
  get tools(): string {
    const real = shell('sh', ['-c', 'command -v ip']);
    writeFileSync(join(this.#directory, 'ip'), `#!/bin/sh\nexec ${real} -n ${this.name} "$@"\n`, { mode: 0o755 });
    return this.#directory;
  }

  close(): void {
    for (const child of this.#children) child.kill('SIGKILL');
    for (const name of this.#interfaces) {
      try {
        this.ip('link', 'del', name);
      } catch {
        // A test may have deleted it itself.
      }
    }
    shell('ip', ['netns', 'del', this.name]);
    rmSync(this.#directory, { recursive: true });
  }
}

/** A cable between two namespaces, with an address on each end. */
export function connect(one: TestNamespace, oneAddress: string, other: TestNamespace, otherAddress: string): void {
  one.ip('link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', other.name);
  for (const [namespace, address] of [
    [one, oneAddress],
    [other, otherAddress],
  ] as const) {
    namespace.ip('address', 'add', `${address}/24`, 'dev', 'eth0');
    namespace.ip('link', 'set', 'eth0', 'up');
  }
}

/** Gives an interface its link-local address, as an agent would. */
export function giveLinkLocal(namespace: TestNamespace, { name, publicKey }: TestInterface): void {
  namespace.ip('-6', 'address', 'add', `${linkLocal(publicKey)}/64`, 'dev', name, 'scope', 'link', 'nodad');
}
