/** What an engine may rely on when the simulator drives it. */
import { describe, expect, it } from 'vitest';
import type { Action, Event } from '../../../src/core/events.js';
import type { DeviceSnapshot, PeerChange } from '../../../src/core/device.js';
import type { EngineOptions } from '../../../src/core/contract.js';
import { parseAddress } from '../../../src/core/values/address.js';
import { linkLocal, type PublicKey } from '../../../src/core/values/key.js';
import { hostPrefix, parsePrefix, type Prefix } from '../../../src/core/values/prefix.js';
import { after, millis, type Instant } from '../../../src/core/values/time.js';
import { star, type EngineFactory, type World } from '../../../src/sim/index.js';
import { idle, scripted } from '../engines.js';

const SPOKES = [{}, {}];

describe('an engine at its start', () => {
  it('gets the machine first, then the device', () => {
    const log = recorder();
    const world = star({ seed: 1, engine: log.engine, spokes: SPOKES });
    world.run(100);
    expect(log.of(world, 's1').map(({ type }) => type)).toEqual(['host', 'device']);
  });

  it('finds its link-local address on the interface', () => {
    const log = recorder();
    const world = star({ seed: 1, engine: log.engine, spokes: SPOKES });
    world.run(100);
    const host = log.of(world, 's1').find((event) => event.type === 'host')?.host;
    expect(host?.tunnel.map(({ address }) => address)).toEqual(['10.9.0.2', linkLocal(world.key('s1'))]);
    expect(host?.addresses.map(({ address }) => address)).toEqual(['127.0.0.1', '192.168.1.10']);
  });

  it('has a clock that no other machine’s can be compared with', () => {
    const clocks = new Map<string, Instant>();
    const engine: EngineFactory = (options) =>
      scripted({ handle: (_, now) => (clocks.set(String(options.seed), now), []) });
    star({ seed: 1, engine, spokes: SPOKES }).run(100);
    expect(new Set(clocks.values()).size).toBe(3);
  });
});

describe('actions', () => {
  it('are carried out in their order: what follows a configure goes out after it', () => {
    const world = one((event, world) => {
      if (event.type !== 'device' || event.after > 0) return [];
      return [add(1, world, '10.9.0.3/32'), { type: 'send', to: linkLocal(world.key('s2')), bytes: Uint8Array.of(1) }];
    });
    world.run(100);
    expect(world.device('s1').peers).toHaveLength(2);
    // The peer has no endpoint: had the datagram gone before the peer was there, the reason would be another.
    expect([...world.trace.drops.keys()]).toContain('the peer has no endpoint');
    expect([...world.trace.drops.keys()]).not.toContain('no peer has the address');
  });

  it('answers a configure with a device event that carries its id', () => {
    const afters: number[] = [];
    const world = one((event, world) => {
      if (event.type === 'device') afters.push(event.after);
      return event.type === 'device' && event.after === 0 ? [add(7, world, '10.9.0.3/32')] : [];
    });
    world.run(100);
    expect(afters).toEqual([0, 7]);
  });

  it('says why a configure was refused, then tells what the device is like', () => {
    const events: string[] = [];
    const world = one((event, world) => {
      events.push(event.type);
      if (event.type !== 'device' || event.after > 0) return [];
      return [{ type: 'configure', id: 1, changes: [{ kind: 'set', publicKey: world.key('s1') }] }];
    });
    world.run(100);
    expect(events).toEqual(['host', 'device', 'configure-failed', 'device']);
  });

  it('counts a second configure under way as a fault', () => {
    const world = one((event, world) =>
      event.type === 'device' && event.after === 0 ? [add(1, world, '10.9.0.3/32'), add(2, world, '10.9.0.3/32')] : [],
    );
    world.run(100);
    expect(world.trace.faults.map(({ what }) => what)).toEqual(['two configures are under way']);
  });

  it('tells by which way a packet of WireGuard’s own would leave', () => {
    const answers: Extract<Event, { type: 'routes' }>[] = [];
    const world = one((event) => {
      if (event.type === 'routes') answers.push(event);
      const addresses = ['10.9.0.3', '203.0.1.2', '2001:db8::1'].flatMap((text) => parseAddress(text) ?? []);
      return event.type === 'device' ? [{ type: 'ask-routes', addresses }] : [];
    });
    world.run(100);
    expect(answers[0]?.routes.map(({ leaves }) => leaves)).toEqual(['tunnel', 'elsewhere', 'nowhere']);
  });
});

describe('time', () => {
  it('wakes the engine at the instant it named', () => {
    const woken: number[] = [];
    let due: Instant | undefined;
    const engine: EngineFactory = () =>
      scripted({
        handle: (event, now) => {
          if (event.type === 'host') due = after(now, millis(1_234));
          if (event.type === 'wake') woken.push(now - (due ?? 0));
          if (event.type === 'wake') due = undefined;
          return [];
        },
        wakeAt: () => (due === undefined ? undefined : { at: due, why: 'the test' }),
      });
    star({ seed: 1, engine, spokes: [] }).run(5_000);
    expect(woken).toHaveLength(1);
    expect(woken[0]).toBeCloseTo(0, 6);
  });

  it('stands still for an engine whose machine sleeps', () => {
    const log = recorder();
    const world = star({ seed: 1, engine: log.engine, spokes: SPOKES });
    world.run(1_000);
    const before = world.agent('s1').now;
    world.sleep('s1', 3_600_000);
    world.run(3_600_500);
    expect(world.agent('s1').now - before).toBeCloseTo(500, 3);
  });

  it('counts an engine that always wants to be woken now as a fault', () => {
    let now: Instant | undefined;
    const engine: EngineFactory = () =>
      scripted({
        handle: (_, at) => ((now = at), []),
        wakeAt: () => (now === undefined ? undefined : { at: now, why: 'no reason' }),
      });
    const world = star({ seed: 1, engine, spokes: [], hubAgent: true });
    world.run(100);
    expect(world.trace.faults[0]?.what).toBe('wake loop: no reason');
  });
});

describe('what an agent leaves behind', () => {
  const meddling: EngineFactory = (options) => {
    let asked = false;
    return scripted({
      handle: (event): readonly Action[] => {
        if (event.type !== 'device' || asked) return [];
        asked = true;
        return options.adopted.peers.length > 0 ? [] : [{ type: 'configure', id: 1, changes: changes(event.device) }];
      },
    });
  };

  it('is nothing once it was stopped', () => {
    const world = star({ seed: 1, engine: meddling, spokes: SPOKES, hubEntry: 'single', started: false });
    world.run(1_000);
    const before = configuration(world);
    world.startAgent('s1');
    world.run(1_000);
    expect(configuration(world)).not.toEqual(before);
    world.stop('s1');
    world.run(1_000);
    expect(configuration(world)).toEqual(before);
    expect(world.host('s1').tunnelAddresses.map(({ address }) => address)).toEqual(['10.9.0.2']);
  });

  it('stays after a kill, until the guardian takes it back', () => {
    const world = star({ seed: 1, engine: meddling, spokes: SPOKES, hubEntry: 'single', started: false });
    world.run(1_000);
    const before = configuration(world);
    world.startAgent('s1');
    world.run(1_000);
    const changed = configuration(world);
    world.kill('s1');
    world.run(2_000);
    expect(configuration(world)).toEqual(changed);
    world.run(2_000);
    expect(configuration(world)).toEqual(before);
  });

  it('is adopted by an agent that is started again in time, under a new boot id', () => {
    const starts: EngineOptions[] = [];
    const engine: EngineFactory = (options) => (starts.push(options), meddling(options));
    const world = star({ seed: 1, engine, spokes: SPOKES, hubEntry: 'single', started: false });
    world.run(1_000);
    const before = configuration(world);
    world.startAgent('s1');
    world.run(1_000);
    const changed = configuration(world);
    world.kill('s1');
    world.run(1_000);
    world.startAgent('s1');
    world.run(10_000);
    expect(configuration(world)).toEqual(changed);
    expect(starts[1]?.adopted.peers).toEqual([world.key('s2')]);
    expect(starts[1]?.adopted.moved).toEqual([{ prefix: '10.9.0.3/32', from: world.key('hub') }]);
    expect(starts[1]?.bootId).not.toEqual(starts[0]?.bootId);
    world.stop('s1');
    world.run(1_000);
    expect(configuration(world)).toEqual(before);
  });

  it('spares what the user changed meanwhile', () => {
    const world = star({ seed: 1, engine: meddling, spokes: SPOKES, started: false });
    world.startAgent('s1');
    world.run(1_000);
    const extra = prefix('10.77.0.0/16');
    const hub = world.device('s1').peers.find(({ publicKey }) => publicKey === world.key('hub'));
    world
      .host('s1')
      .device.configure({ kind: 'set', publicKey: world.key('hub'), allowedIps: [...(hub?.allowedIps ?? []), extra] });
    world.stop('s1');
    world.run(1_000);
    const after = world.device('s1').peers.find(({ publicKey }) => publicKey === world.key('hub'));
    expect(after?.allowedIps).toEqual(['10.77.0.0/16', '10.9.0.0/16']);
  });
});

describe('a run', () => {
  it('is the same, byte for byte, for the same seed', () => {
    expect(busyRun(5)).toBe(busyRun(5));
  });

  it('is another for another seed', () => {
    expect(busyRun(5)).not.toBe(busyRun(6));
  });
});

/** A world with chance in it: loss, jitter, duplicates, random ports. */
function busyRun(seed: number): string {
  const line = { loss: 0.05, jitterMs: 10, duplicate: 0.02, reorder: 0.05 };
  const world = star({ seed, engine: idle, spokes: SPOKES, line, trace: true });
  world.stream('s1', 's2', { perSecond: 50 });
  world.run(20_000);
  return world.trace.text();
}

/** Adds the other spoke with its address, which the hub's entry may have held, and marks the hub with its link-local one. */
function changes(device: DeviceSnapshot): PeerChange[] {
  const hub = device.peers[0];
  const spoke = star({ seed: 1, engine: idle, spokes: SPOKES, started: false }).key('s2');
  if (hub === undefined) throw new Error('a spoke knows its hub');
  const own = hostPrefix(linkLocal(hub.publicKey));
  return [
    { kind: 'set', publicKey: hub.publicKey, allowedIps: [...hub.allowedIps, own], keepalive: 5 },
    { kind: 'set', publicKey: spoke, allowedIps: [prefix('10.9.0.3/32')] },
  ];
}

function configuration(world: World): unknown {
  return world.device('s1').peers.map(({ publicKey, allowedIps, keepalive }) => ({ publicKey, allowedIps, keepalive }));
}

/** A world in which only the first spoke's engine follows the script. */
function one(script: (event: Event, world: World) => readonly Action[]): World {
  const world: World = star({
    seed: 1,
    engine: () => scripted({ handle: (event) => script(event, world) }),
    spokes: [{}, { agent: false }],
    hubAgent: false,
    trace: true,
  });
  return world;
}

function add(id: number, world: World, text: string): Action {
  const publicKey = world.key('s2');
  const allowedIps = [prefix(text), hostPrefix(linkLocal(publicKey))];
  return { type: 'configure', id, changes: [{ kind: 'set', publicKey, allowedIps }] };
}

interface Recorder {
  readonly engine: EngineFactory;
  of(world: World, name: string): readonly Event[];
}

/** Engines that do nothing and remember what they were told; the device they see says whose they are. */
function recorder(): Recorder {
  const logs: { events: Event[]; key: PublicKey | undefined }[] = [];
  return {
    engine: () => {
      const log: { events: Event[]; key: PublicKey | undefined } = { events: [], key: undefined };
      logs.push(log);
      return scripted({
        handle: (event) => {
          log.events.push(event);
          if (event.type === 'device') log.key = event.device.publicKey;
          return [];
        },
      });
    },
    of: (world, name) => logs.find(({ key }) => key === world.key(name))?.events ?? [],
  };
}

function prefix(text: string): Prefix {
  const parsed = parsePrefix(text);
  if (parsed === undefined) throw new Error(`${text} is no prefix`);
  return parsed;
}
