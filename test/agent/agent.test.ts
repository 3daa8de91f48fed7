import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { liveAgent, type AgentParts } from '../../src/agent/agent.js';
import { linkLocal } from '../../src/core/values/key.js';
import { testKey } from '../support/keys.js';
import { Life } from './support/life.js';
import type { Machine } from './support/machine.js';

let machine: Machine;
let life: Life;
let parts: AgentParts;

beforeEach(() => {
  life = new Life();
  ({ machine, parts } = life);
});

afterEach(() => {
  vi.useRealTimers();
});

const READY = JSON.stringify({
  ready: true,
  interface: 'wg0',
  linkLocal: linkLocal(testKey(255)),
  port: 51821,
  peers: 1,
});

describe('an agent', () => {
  it('says that it is ready before it sends anything', async () => {
    const run = liveAgent(parts);
    await machine.engine.told('device');
    const ready = machine.steps.indexOf(READY);
    const sent = machine.steps.findIndex((step) => step.startsWith('send'));
    expect(ready).toBeGreaterThan(machine.steps.indexOf(`open ${machine.address}`));
    expect(sent).toBeGreaterThan(ready);
    life.stop();
    await run;
  });

  it('has a guardian before its first change, and writes that down, too', async () => {
    machine.host.addresses.clear();
    const run = liveAgent(parts);
    await machine.engine.told('device');
    const own = machine.address;
    const [guardian, recorded, added] = ['guardian', `record ${own}`, `add ${own}`].map((step) =>
      machine.steps.indexOf(step),
    );
    expect(guardian).toBeLessThan(recorded ?? -1);
    expect(recorded).toBeLessThan(added ?? -1);
    life.stop();
    await run;
  });

  it('leaves a link-local address that was there before to its owner', async () => {
    const run = liveAgent(parts);
    await machine.engine.told('device');
    expect(machine.steps).not.toContain(`record ${machine.address}`);
    life.stop();
    await run;
  });

  it('serves its clients what the engine knows', async () => {
    const run = liveAgent(parts);
    await machine.engine.told('device');
    life.stop();
    await run;
    expect(life.served?.peers({}, { progress: () => undefined, gone: AbortSignal.abort() })).toEqual({
      self: machine.engine.self(),
      peers: [],
    });
  });
});

describe('an agent that is to stop', () => {
  it('says goodbye, puts the interface back, and dismisses the guardian last', async () => {
    const run = liveAgent(parts);
    await machine.engine.told('device');
    life.stop();
    await run;
    expect(machine.engine.events.at(-1)).toEqual({ type: 'stop' });
    expect(machine.steps.slice(-3)).toEqual(['close socket', 'undo', 'dismiss']);
  });

  it('waits a second at most for an engine that never finishes', async () => {
    machine.engine.answer = () => [];
    const run = liveAgent(parts);
    await machine.engine.told('device');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    life.stop();
    await machine.engine.told('stop');
    await vi.advanceTimersByTimeAsync(999);
    expect(machine.steps).not.toContain('undo');
    await vi.advanceTimersByTimeAsync(1);
    await run;
    expect(machine.steps.slice(-2)).toEqual(['undo', 'dismiss']);
  });

  it('waits for nothing when it is told a second time', async () => {
    machine.engine.answer = () => [];
    const run = liveAgent(parts);
    await machine.engine.told('device');
    // Nobody moves this clock: the second is never over.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    life.stop();
    await machine.engine.told('stop');
    life.hurry();
    await run;
    expect(machine.steps.slice(-2)).toEqual(['undo', 'dismiss']);
  });

  it('keeps its guardian when the interface could not be put back', async () => {
    const run = liveAgent({ ...parts, undo: () => Promise.reject(new Error('busy')) });
    await machine.engine.told('device');
    life.stop();
    await expect(run).rejects.toMatchObject({ code: 'undo-failed', exit: 1 });
    expect(machine.steps).not.toContain('dismiss');
  });
});

describe('an agent that cannot go on', () => {
  it('puts back what it changed before it failed to start', async () => {
    const openSocket = () => Promise.reject(new Error('port taken'));
    await expect(liveAgent({ ...parts, openSocket })).rejects.toThrow('port taken');
    expect(machine.steps.slice(-2)).toEqual(['undo', 'dismiss']);
    expect(machine.steps).not.toContain(READY);
  });

  it('forgets its journal when the interface was deleted: what it names is gone', async () => {
    const run = liveAgent(parts);
    await machine.engine.told('device');
    machine.host.current = 'boot net:[1] 8';
    machine.host.change();
    await expect(run).rejects.toMatchObject({ code: 'interface-deleted', exit: 1 });
    expect(machine.steps.slice(-2)).toEqual(['clear journal', 'dismiss']);
    expect(machine.steps).not.toContain('undo');
  });

  it('puts the interface back when it got another key', async () => {
    const run = liveAgent(parts);
    await machine.engine.told('device');
    machine.device.key = testKey(254);
    machine.host.change();
    await expect(run).rejects.toMatchObject({ code: 'key-changed', exit: 1 });
    expect(machine.steps.slice(-2)).toEqual(['undo', 'dismiss']);
  });

  it('puts the interface back before it reports a bug', async () => {
    const run = liveAgent(parts);
    await machine.engine.told('device');
    life.fail(new TypeError('a bug'));
    await expect(run).rejects.toThrow('a bug');
    expect(machine.steps.slice(-2)).toEqual(['undo', 'dismiss']);
  });
});
