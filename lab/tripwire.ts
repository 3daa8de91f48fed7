/**
 * Counts the changes that an agent makes to its interface, and kills it with SIGKILL right after the one that is asked
 * for: the change is made, and the agent never learns of it.
 *
 * It sits where changes pass. For a userspace device it puts a socket of its own in the place of the device's; for
 * everything else it puts wrappers of `wg` and `ip` first in the agent's PATH. Each change adds a byte to one file.
 */
import { once } from 'node:events';
import { appendFileSync, existsSync, statSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { createConnection, createServer, type Socket } from 'node:net';
import type { Machine } from './machine.js';
import { INTERFACE } from './wireguard.js';

const BIN = '/run/tripwire';
const COUNT = '/run/tripwire.count';
const SOCKET = `/run/wireguard/${INTERFACE}.sock`;

export class Tripwire {
  /** What an agent must be started with for its changes to be counted. */
  readonly environment: Readonly<Record<string, string>>;
  readonly #machine: Machine;
  #victim: number | undefined;
  #at = 0;

  private constructor(machine: Machine, path: string) {
    this.#machine = machine;
    this.environment = { PATH: `${BIN}:${path}` };
  }

  static async lay(machine: Machine): Promise<Tripwire> {
    const tripwire = new Tripwire(machine, (await machine.run('printenv', ['PATH'])).trim());
    await mkdir(machine.path(BIN));
    if (existsSync(machine.path(SOCKET))) await tripwire.#standIn();
    return tripwire;
  }

  /** Counts from zero again; the agent started next with `environment` dies after its n-th change. */
  async arm(n: number): Promise<void> {
    this.#at = n;
    this.#victim = undefined;
    await writeFile(this.#machine.path(COUNT), '');
    for (const tool of ['wg', 'ip']) {
      const real = (await this.#machine.run('which', [tool])).trim();
      await writeFile(this.#machine.path(`${BIN}/${tool}`), wrapper(real, n), { mode: 0o755 });
    }
  }

  /** Whom to kill when a change passes the socket. */
  watch(pid: number): void {
    this.#victim = pid;
  }

  /** Changes since `arm`. */
  get changes(): number {
    return statSync(this.#machine.path(COUNT)).size;
  }

  /** Only by renaming: wireguard-go watches its socket, and ends when anything else is done to it. */
  async #standIn(): Promise<void> {
    const own = this.#machine.path(SOCKET);
    const real = `${own}.real`;
    const proxy = createServer((client) => {
      this.#pass(client, createConnection(real));
    });
    await once(proxy.listen(`${own}.new`), 'listening');
    await rename(own, real);
    await rename(`${own}.new`, own);
    // The machine ends with its world; nothing here should keep the process.
    proxy.unref();
  }

  #pass(client: Socket, device: Socket): void {
    let asked = '';
    client.setEncoding('latin1').on('data', (text: string) => {
      asked += text;
      device.write(text, 'latin1');
    });
    device.setEncoding('latin1').on('data', (text: string) => {
      if (asked.startsWith('set=1')) this.#changed();
      if (text.endsWith('\n\n')) asked = '';
      client.write(text, 'latin1');
    });
    client.on('error', () => undefined).on('end', () => device.end());
    device.on('error', () => undefined).on('end', () => client.end());
  }

  #changed(): void {
    appendFileSync(this.#machine.path(COUNT), 'x');
    if (this.changes === this.#at && this.#victim !== undefined) process.kill(this.#victim, 'SIGKILL');
  }
}

/** What changes nothing becomes the tool itself, so that signals reach it. */
const wrapper = (real: string, n: number): string => `#!/bin/sh
case " $* " in
  *" add "* | *" del "* | *" replace "* | *" set "*) ;;
  *) exec ${real} "$@" ;;
esac
${real} "$@"
status=$?
printf x >>${COUNT}
[ "$(stat -c %s ${COUNT})" -eq ${n} ] && kill -9 $PPID
exit $status
`;
