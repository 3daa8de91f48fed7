import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { liveAgent, type AgentParts } from '../../src/agent/agent.js';
import { Configuration } from '../../src/agent/configuration.js';
import type { Handlers } from '../../src/agent/control/client.js';
import { History } from '../../src/agent/history.js';
import type { Settings } from '../../src/agent/settings.js';
import { UserError } from '../../src/core/errors.js';
import { DEFAULT_POLICY, type Policy } from '../../src/core/policy.js';
import { linkLocal } from '../../src/core/values/key.js';
import { endpoint } from '../support/expected.js';
import { testKey } from '../support/keys.js';
import { Machine } from './support/machine.js';

let machine: Machine;
let parts: AgentParts;
let served: Handlers | undefined;
let stop: () => void;
let hurry: () => void;
let fail: (error: Error) => void;
let reload: () => void;
let settings: () => Settings;

const SETTINGS: Settings = {
  port: 51821,
  policy: DEFAULT_POLICY,
  endpoints: new Map(),
  metrics: undefined,
  warnings: [],
};

beforeEach(() => {
  settings = () => SETTINGS;
  reload = () => undefined;
  machine = new Machine();
  served = undefined;
  const { steps, engine } = machine;
  const bug = new Promise<never>((_resolve, reject) => (fail = reject));
  bug.catch(() => undefined);
  parts = {
    interface: machine.interface,
    port: machine.port,
    incarnation: machine.incarnation,
    device: machine.device,
    host: machine.host,
    journal: machine.journal,
    openSocket: machine.openSocket,
    clock: machine.clock,
    log: machine.log,
    createEngine: () => {
      steps.push('engine');
      return engine;
    },
    undo: () => {
      steps.push('undo');
      return Promise.resolve();
    },
    server: {
      serve: (handlers) => {
        steps.push('serve');
        served = handlers;
      },
      close: () => undefined,
    },
    startGuardian: () => {
      steps.push('guardian');
      return { dismiss: () => steps.push('dismiss') };
    },
    onNotice: () => undefined,
    onReady: (ready) => steps.push(JSON.stringify(ready)),
    service: {
      listens: false,
      ready: () => undefined,
      status: () => undefined,
      reload: (work) => {
        steps.push('reloading');
        work();
        steps.push('reloaded');
      },
      stopping: () => undefined,
      close: () => undefined,
    },
    configuration: new Configuration({ file: '/nowhere/wg0.yaml', read: () => settings() }),
    history: new History({ now: () => new Date() }),
    lookUp: () => Promise.reject(new Error('nobody is asked')),
    interruptions: {
      stop: new Promise((resolve) => {
        stop = () => {
          resolve('stop');
        };
      }),
      hurry: new Promise((resolve) => {
        hurry = () => {
          resolve('hurry');
        };
      }),
      bug,
      onReload: (listener) => {
        reload = listener;
        return () => {
          reload = () => undefined;
        };
      },
    },
  };
  engine.answer = (event) => {
    if (event.type === 'stop') return [{ type: 'finished' }];
    return event.type === 'host' ? [{ type: 'send', to: linkLocal(testKey(1)), bytes: Uint8Array.of(1) }] : [];
  };
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
    const life = liveAgent(parts);
    await machine.engine.told('device');
    const ready = machine.steps.indexOf(READY);
    const sent = machine.steps.findIndex((step) => step.startsWith('send'));
    expect(ready).toBeGreaterThan(machine.steps.indexOf(`open ${machine.address}`));
    expect(sent).toBeGreaterThan(ready);
    stop();
    await life;
  });

  it('has a guardian before its first change, and writes that down, too', async () => {
    machine.host.addresses.clear();
    const life = liveAgent(parts);
    await machine.engine.told('device');
    const own = machine.address;
    const [guardian, recorded, added] = ['guardian', `record ${own}`, `add ${own}`].map((step) =>
      machine.steps.indexOf(step),
    );
    expect(guardian).toBeLessThan(recorded ?? -1);
    expect(recorded).toBeLessThan(added ?? -1);
    stop();
    await life;
  });

  it('leaves a link-local address that was there before to its owner', async () => {
    const life = liveAgent(parts);
    await machine.engine.told('device');
    expect(machine.steps).not.toContain(`record ${machine.address}`);
    stop();
    await life;
  });

  it('serves its clients what the engine knows', async () => {
    const life = liveAgent(parts);
    await machine.engine.told('device');
    stop();
    await life;
    expect(served?.peers({}, { progress: () => undefined, gone: AbortSignal.abort() })).toEqual({
      self: machine.engine.self(),
      peers: [],
    });
  });
});

describe('an agent that is to read its configuration again', () => {
  const peer = testKey(9);
  const policy: Policy = { ...DEFAULT_POLICY, connect: 'manual' };

  it('hands the engine what is decided now, with its warnings and endpoints, while systemd waits', async () => {
    const life = liveAgent(parts);
    await machine.engine.told('device');
    const warnings = [{ code: 'save-config', text: 'hm' }] as const;
    settings = () => ({ ...SETTINGS, policy, warnings, endpoints: new Map([[peer, [endpoint('192.0.2.9:1')]]]) });
    reload();
    expect(machine.engine.ofType('policy')).toEqual([{ type: 'policy', policy, warnings }]);
    expect(machine.engine.ofType('given')).toEqual([{ type: 'given', peer, endpoints: ['192.0.2.9:1'] }]);
    expect(machine.steps.slice(-2)).toEqual(['reloading', 'reloaded']);
    expect(machine.logged).toEqual(['configuration read again']);
    stop();
    await life;
  });

  it('goes on as before with a mistake in it, says where it is, and warns while it is there', async () => {
    const life = liveAgent(parts);
    await machine.engine.told('device');
    settings = () => {
      throw new UserError('configuration', { mistakes: 'wg0.yaml:3:1: unknown key' });
    };
    reload();
    expect(machine.engine.ofType('policy')).toEqual([]);
    expect(machine.logged).toEqual(['warning: configuration not changed: wg0.yaml:3:1: unknown key']);
    const asked = served?.peers({}, { progress: () => undefined, gone: AbortSignal.abort() });
    expect(await asked).toMatchObject({ self: { warnings: [{ code: 'configuration' }] } });
    settings = () => SETTINGS;
    reload();
    expect(await served?.peers({}, { progress: () => undefined, gone: AbortSignal.abort() })).toMatchObject({
      self: { warnings: [] },
    });
    stop();
    await life;
  });

  it('does so no more once it ends', async () => {
    const life = liveAgent(parts);
    await machine.engine.told('device');
    stop();
    await life;
    reload();
    expect(machine.steps).not.toContain('reloading');
  });
});

describe('an agent that is to stop', () => {
  it('says goodbye, puts the interface back, and dismisses the guardian last', async () => {
    const life = liveAgent(parts);
    await machine.engine.told('device');
    stop();
    await life;
    expect(machine.engine.events.at(-1)).toEqual({ type: 'stop' });
    expect(machine.steps.slice(-3)).toEqual(['close socket', 'undo', 'dismiss']);
  });

  it('waits a second at most for an engine that never finishes', async () => {
    machine.engine.answer = () => [];
    const life = liveAgent(parts);
    await machine.engine.told('device');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    stop();
    await machine.engine.told('stop');
    await vi.advanceTimersByTimeAsync(999);
    expect(machine.steps).not.toContain('undo');
    await vi.advanceTimersByTimeAsync(1);
    await life;
    expect(machine.steps.slice(-2)).toEqual(['undo', 'dismiss']);
  });

  it('waits for nothing when it is told a second time', async () => {
    machine.engine.answer = () => [];
    const life = liveAgent(parts);
    await machine.engine.told('device');
    // Nobody moves this clock: the second is never over.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    stop();
    await machine.engine.told('stop');
    hurry();
    await life;
    expect(machine.steps.slice(-2)).toEqual(['undo', 'dismiss']);
  });

  it('keeps its guardian when the interface could not be put back', async () => {
    const life = liveAgent({ ...parts, undo: () => Promise.reject(new Error('busy')) });
    await machine.engine.told('device');
    stop();
    await expect(life).rejects.toMatchObject({ code: 'undo-failed', exit: 1 });
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
    const life = liveAgent(parts);
    await machine.engine.told('device');
    machine.host.current = 'boot net:[1] 8';
    machine.host.change();
    await expect(life).rejects.toMatchObject({ code: 'interface-deleted', exit: 1 });
    expect(machine.steps.slice(-2)).toEqual(['clear journal', 'dismiss']);
    expect(machine.steps).not.toContain('undo');
  });

  it('puts the interface back when it got another key', async () => {
    const life = liveAgent(parts);
    await machine.engine.told('device');
    machine.device.key = testKey(254);
    machine.host.change();
    await expect(life).rejects.toMatchObject({ code: 'key-changed', exit: 1 });
    expect(machine.steps.slice(-2)).toEqual(['undo', 'dismiss']);
  });

  it('puts the interface back before it reports a bug', async () => {
    const life = liveAgent(parts);
    await machine.engine.told('device');
    fail(new TypeError('a bug'));
    await expect(life).rejects.toThrow('a bug');
    expect(machine.steps.slice(-2)).toEqual(['undo', 'dismiss']);
  });
});
