/** Two tunnel sockets on the two ends of a real tunnel. */
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LONGEST_PROBE } from '../../../src/core/limits.js';
import { linkLocal } from '../../../src/core/values/key.js';
import { describeLab } from '../../support/capability.js';
import { connect, giveLinkLocal, TestNamespace, type TestInterface } from '../../support/namespace.js';
import { until } from '../../support/wait.js';

const CHILD = fileURLToPath(new URL('tunnel-socket.child.ts', import.meta.url));
const PORT = '51821';

/** The other process: what it tells, line by line, and what it is told to do. */
class Remote {
  readonly address: string;
  readonly #lines: AsyncIterator<string>;
  readonly #write: (line: string) => void;

  constructor(namespace: TestNamespace, { name, publicKey }: TestInterface) {
    this.address = linkLocal(publicKey);
    const child = namespace.node(CHILD, name, this.address, PORT);
    if (child.stdout === null) throw new Error('a child with pipes has stdout');
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    this.#write = (line) => child.stdin?.write(`${line}\n`);
  }

  do(...words: readonly string[]): void {
    this.#write(words.join(' '));
  }

  async next(): Promise<unknown> {
    const line = await this.#lines.next();
    return line.done === true ? undefined : JSON.parse(line.value);
  }

  async ask(...words: readonly string[]): Promise<unknown> {
    this.do(...words);
    return this.next();
  }
}

describeLab('the tunnel socket', () => {
  let near: TestNamespace;
  let far: TestNamespace;
  let one: TestInterface;
  let a: Remote;
  let b: Remote;

  beforeEach(() => {
    [near, far] = [new TestNamespace(), new TestNamespace()];
    connect(near, '192.0.2.1', far, '192.0.2.2');
    one = near.wireguard();
    const other = far.wireguard();
    giveLinkLocal(near, one);
    giveLinkLocal(far, other);
    near.wg(
      'set',
      one.name,
      'listen-port',
      '51820',
      'peer',
      other.publicKey,
      'allowed-ips',
      linkLocal(other.publicKey),
    );
    far.wg('set', other.name, 'peer', one.publicKey, 'allowed-ips', linkLocal(one.publicKey));
    far.wg('set', other.name, 'peer', one.publicKey, 'endpoint', '192.0.2.1:51820', 'persistent-keepalive', '25');
    a = new Remote(near, one);
    b = new Remote(far, other);
  });
  afterEach(() => {
    near.close();
    far.close();
  });

  const bothOpen = async (): Promise<void> => {
    expect(await Promise.all([a.ask('open'), b.ask('open')])).toEqual([{ opened: true }, { opened: true }]);
  };

  it('carries datagrams both ways, and tells the sender without a zone', async () => {
    await bothOpen();
    b.do('send', a.address, 'hello');
    expect(await a.next()).toEqual({ from: b.address, text: 'hello' });
    a.do('send', b.address, 'hello-yourself');
    expect(await b.next()).toEqual({ from: a.address, text: 'hello-yourself' });
  });

  it("drops what does not come from the agents' port, and what is too long for an agent", async () => {
    await bothOpen();
    expect(await b.ask('send-stray', a.address, 'stray')).toEqual({ strayed: true });
    b.do('send-long', a.address, String(LONGEST_PROBE + 1));
    b.do('send-long', a.address, String(LONGEST_PROBE));
    expect(await a.next()).toEqual({ from: b.address, text: LONGEST_PROBE });
  });

  it('is one on the interface: a second one finds the port taken', async () => {
    expect(await a.ask('open')).toEqual({ opened: true });
    expect(await new Remote(near, one).ask('open')).toEqual({ opened: false, code: 'port-taken' });
  });

  it('leaves the port free on other addresses and other interfaces', async () => {
    const second = near.wireguard();
    giveLinkLocal(near, second);
    expect(await a.ask('open')).toEqual({ opened: true });
    expect(await new Remote(near, second).ask('open')).toEqual({ opened: true });
  });

  it('cannot be opened without its address, and can once that is there', async () => {
    near.ip('-6', 'address', 'del', `${a.address}/64`, 'dev', one.name);
    expect(await a.ask('open')).toEqual({ opened: false, code: 'address-missing' });
    giveLinkLocal(near, one);
    expect(await a.ask('open')).toEqual({ opened: true });
    near.ip('link', 'del', one.name);
    a.do('close');
    expect(await a.ask('open')).toEqual({ opened: false, code: 'address-missing' });
  });

  it('counts what could not be sent, and works on when the interface is up and has its address again', async () => {
    await bothOpen();
    near.ip('link', 'set', one.name, 'down');
    a.do('send', b.address, 'lost');
    a.do('send', b.address, 'lost-too');
    await until('the refusals', async () => {
      const { unsent } = v.parse(v.object({ unsent: v.number() }), await a.ask('unsent'));
      return unsent === 2 || undefined;
    });
    near.ip('link', 'set', one.name, 'up');
    giveLinkLocal(near, one);
    b.do('send', a.address, 'again');
    expect(await a.next()).toEqual({ from: b.address, text: 'again' });
  });

  it('can be closed and opened again', async () => {
    await bothOpen();
    for (let round = 0; round < 3; round++) {
      a.do('close');
      expect(await a.ask('open')).toEqual({ opened: true });
    }
    b.do('send', a.address, 'still-here');
    expect(await a.next()).toEqual({ from: b.address, text: 'still-here' });
  });
});
