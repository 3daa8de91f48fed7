import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Loop } from '../../src/agent/loop.js';
import type { Action, Event } from '../../src/core/events.js';
import { after, millis } from '../../src/core/values/time.js';
import { address, prefix } from '../support/expected.js';
import { testKey } from '../support/keys.js';
import { Machine } from './support/machine.js';

const far = address('fe80::9');
const peer = testKey(9);
const UPLINK = { interface: 'eth0', kind: '', address: address('192.0.2.7'), network: prefix('192.0.2.0/24') };
const short = (number: number): string => testKey(number).slice(0, 4);

let machine: Machine;
let loop: Loop;
beforeEach(async () => {
  machine = new Machine();
  loop = await Loop.open(machine);
});
afterEach(async () => {
  await loop.close();
});

describe('the loop at its start', () => {
  it('tells the engine of the machine, then of the interface, and opens the socket before', async () => {
    await loop.start();
    expect(machine.engine.events.map(({ type }) => type)).toEqual(['host', 'device']);
    expect(machine.steps.indexOf(`open ${machine.address}`)).toBeLessThan(machine.steps.lastIndexOf('read'));
    expect(machine.engine.ofType('device')[0]?.after).toBe(0);
  });
});

describe('the loop on an interface that is deleted before it starts', () => {
  it('ends as it would later', async () => {
    machine.device.present = false;
    await loop.start();
    expect(await loop.ended).toBe('interface-deleted');
  });
});

describe('actions', () => {
  it('happen in their order: what is sent behind a change leaves after it is written down and made', async () => {
    answerOnce('device', [send(1), configure(1, 8, 9), send(2)]);
    await loop.start();
    await machine.engine.told('device', (event) => event.after === 1);
    const [first, ...rest] = machine.steps.slice(machine.steps.indexOf(`send ${far} 1`));
    expect([first, ...rest]).toEqual([
      `send ${far} 1`,
      `record ${short(8)} ${short(9)}`,
      `apply ${short(8)}`,
      `apply ${short(9)}`,
      `send ${far} 2`,
      'read',
    ]);
  });

  it('of a later event wait for the change of an earlier one', async () => {
    const applied = gate();
    machine.device.whileApplying = () => applied.opened;
    answerOnce('device', [configure(1, 9)]);
    await loop.start();
    answerOnce('datagram', [send(3)]);
    machine.socket?.onDatagram(far, Uint8Array.of(7));
    expect(machine.steps).not.toContain(`send ${far} 3`);
    applied.open();
    await machine.engine.told('device', (event) => event.after === 1);
    expect(machine.steps.indexOf(`send ${far} 3`)).toBeGreaterThan(machine.steps.indexOf(`apply ${short(9)}`));
  });

  it('answer questions about routes', async () => {
    answerOnce('device', [{ type: 'ask-routes', addresses: [far] }]);
    await loop.start();
    const { routes } = await machine.engine.told('routes');
    expect(routes).toEqual([{ address: far, leaves: 'elsewhere' }]);
  });

  it('let followers see the notices until they leave', async () => {
    const seen: string[] = [];
    const unfollow = loop.follow((notice) => seen.push(notice.type));
    const notice = { type: 'notice', notice: { type: 'agent', peer, what: 'found' } } as const;
    answerOnce('device', [notice]);
    await loop.start();
    unfollow();
    answerOnce('datagram', [notice]);
    machine.socket?.onDatagram(far, Uint8Array.of(7));
    expect(seen).toEqual(['agent']);
    expect(machine.logged).toHaveLength(2);
  });

  it('end the loop when the engine has finished', async () => {
    answerOnce('stop', [{ type: 'finished' }]);
    loop.handle({ type: 'stop' });
    expect(await loop.ended).toBe('finished');
  });
});

describe('a change that the device refuses', () => {
  it('is told, then the device as it is; what followed in the same list is left', async () => {
    machine.device.beforeApply = (change) => {
      if (change.publicKey === testKey(8)) throw new Error('refused');
    };
    answerOnce('device', [configure(4, 7, 8, 9)]);
    await loop.start();
    const told = await machine.engine.told('device', (event) => event.after === 4);
    expect(machine.engine.events.map(({ type }) => type)).toEqual(['host', 'device', 'configure-failed', 'device']);
    expect(machine.engine.ofType('configure-failed')).toEqual([{ type: 'configure-failed', id: 4, reason: 'refused' }]);
    expect(told.device.peers.map(({ publicKey }) => publicKey)).toEqual([testKey(1), testKey(7)]);
  });

  it('is not even tried when it cannot be written down', async () => {
    machine.journal.record = () => {
      throw new Error('no space left');
    };
    answerOnce('device', [configure(1, 9)]);
    await loop.start();
    await machine.engine.told('configure-failed', ({ reason }) => reason === 'no space left');
    expect(machine.device.now.peers).toHaveLength(1);
  });
});

describe('readings of the device', () => {
  it('that overlap a change are never told', async () => {
    await loop.start();
    const reading = gate();
    machine.device.beforeRead = () => reading.opened;
    answerOnce('datagram', [{ type: 'read-device' }, configure(1, 9)]);
    machine.socket?.onDatagram(far, Uint8Array.of(7));
    machine.device.beforeRead = () => Promise.resolve();
    reading.open();
    const { device } = await machine.engine.told('device', (event) => event.after === 1);
    expect(device.peers.map(({ publicKey }) => publicKey)).toContain(peer);
    expect(machine.engine.ofType('device').map((event) => event.after)).toEqual([0, 1]);
  });

  it('that are asked for while one runs become one more after it', async () => {
    await loop.start();
    const reading = gate();
    machine.device.beforeRead = () => reading.opened;
    const before = machine.steps.filter((step) => step === 'read').length;
    answerOnce(
      'datagram',
      Array.from({ length: 5 }, () => ({ type: 'read-device' })),
    );
    machine.socket?.onDatagram(far, Uint8Array.of(7));
    reading.open();
    while (machine.engine.ofType('device').length < 3) await nextTurn();
    await nextTurn();
    expect(machine.steps.filter((step) => step === 'read').length - before).toBe(2);
  });

  it('that fail are tried again, and told of once', async () => {
    await loop.start();
    let failures = 2;
    machine.device.beforeRead = () => (failures-- > 0 ? Promise.reject(new Error('busy')) : Promise.resolve());
    answerOnce('datagram', [configure(1, 9)]);
    machine.socket?.onDatagram(far, Uint8Array.of(7));
    await machine.engine.told('device', (event) => event.after === 1);
    expect(machine.logged).toEqual(['warning: reading wg0 failed, trying on: busy']);
  });
});

describe('time', () => {
  it('wakes the engine when it asked for it, not before', async () => {
    const at = after(machine.clock.now(), millis(20));
    machine.engine.wake = { at, why: 'test' };
    await loop.start();
    await machine.engine.told('wake');
    expect(machine.clock.now()).toBeGreaterThanOrEqual(at);
  });
});

describe('when the machine changes', () => {
  it('the engine is told, and the device is read', async () => {
    await loop.start();
    machine.host.change();
    await machine.engine.told('device', (event) => event !== machine.engine.ofType('device')[0]);
    expect(machine.engine.ofType('host')).toHaveLength(2);
  });

  it('packets to peers leave anew when its addresses are others, before the engine says anything, and not otherwise', async () => {
    await loop.start();
    const look = async (): Promise<readonly string[]> => {
      const before = new Set(machine.engine.ofType('device'));
      answerOnce('host', [send(4)]);
      machine.steps.length = 0;
      machine.host.change();
      await machine.engine.told('device', (event) => !before.has(event));
      return machine.steps.filter((step) => step !== 'read');
    };
    expect(await look()).toEqual([`send ${far} 4`]);
    machine.host.others = [UPLINK];
    expect(await look()).toEqual(['leave anew', `send ${far} 4`]);
    expect(await look()).toEqual([`send ${far} 4`]);
    machine.device.whileLeaving = () => Promise.reject(new Error('the device does not answer'));
    machine.host.others = [];
    expect(await look()).toEqual(['leave anew', `send ${far} 4`]);
    expect(machine.logged.at(-1)).toMatch(/the device does not answer$/);
  });

  it('a link-local address that vanished is added again, written down before, with a new socket on it', async () => {
    await loop.start();
    machine.host.addresses.clear();
    machine.steps.length = 0;
    machine.host.change();
    await machine.engine.told('host', (event) => event !== machine.engine.ofType('host')[0]);
    const own = machine.address;
    expect(machine.steps.slice(0, 4)).toEqual(['close socket', `record ${own}`, `add ${own}`, `open ${own}`]);
  });

  it('a socket that failed is opened again', async () => {
    await loop.start();
    machine.steps.length = 0;
    machine.socket?.onError(new Error('gone'));
    await machine.engine.told('host', (event) => event !== machine.engine.ofType('host')[0]);
    expect(machine.steps[0]).toBe(`open ${machine.address}`);
  });

  it('the loop ends when the interface was deleted and made anew between two looks', async () => {
    await loop.start();
    machine.host.current = 'boot net:[1] 8';
    machine.host.change();
    expect(await loop.ended).toBe('interface-deleted');
  });
});

describe('the loop ends', () => {
  it('when the interface is gone', async () => {
    await loop.start();
    machine.device.present = false;
    answerOnce('datagram', [{ type: 'read-device' }]);
    machine.socket?.onDatagram(far, Uint8Array.of(7));
    expect(await loop.ended).toBe('interface-deleted');
  });

  it('when the interface has another key, of which the engine hears nothing', async () => {
    await loop.start();
    machine.device.key = testKey(254);
    answerOnce('datagram', [{ type: 'read-device' }]);
    machine.socket?.onDatagram(far, Uint8Array.of(7));
    expect(await loop.ended).toBe('key-changed');
    expect(machine.engine.ofType('device')).toHaveLength(1);
  });

  it('with the change that is being made, and makes no other', async () => {
    const applied = gate();
    machine.device.whileApplying = () => applied.opened;
    answerOnce('device', [configure(1, 8, 9), send(1)]);
    await loop.start();
    const closed = loop.close();
    applied.open();
    await closed;
    expect(machine.steps).toContain(`apply ${short(8)}`);
    expect(machine.steps).not.toContain(`apply ${short(9)}`);
    expect(machine.steps).not.toContain(`send ${far} 1`);
  });
});

const send = (byte: number): Action => ({ type: 'send', to: far, bytes: Uint8Array.of(byte) });

const configure = (id: number, ...peers: number[]): Action => ({
  type: 'configure',
  id,
  changes: peers.map((number) => ({ kind: 'set', publicKey: testKey(number) })),
});

/** To the next event of that type. */
function answerOnce(type: Event['type'], actions: readonly Action[]): void {
  machine.engine.answer = (event) => {
    if (event.type !== type) return [];
    machine.engine.answer = () => [];
    return actions;
  };
}

function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
