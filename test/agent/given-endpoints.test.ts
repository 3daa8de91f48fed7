import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Place } from '../../src/agent/config/index.js';
import { GivenEndpoints, systemLookUp, type LookUp } from '../../src/agent/given-endpoints.js';
import type { Notice } from '../../src/core/notices.js';
import type { Address } from '../../src/core/values/address.js';
import { address, endpoint } from '../core/support/values.js';
import { testKey } from '../support/keys.js';
import { Machine } from './support/machine.js';

const NAS = testKey(1);
const FAILED: Notice = {
  type: 'attempt',
  peer: NAS,
  step: { what: 'failed', cause: { code: 'udp-blocked', text: '' } },
};

let told: string[];
let machine: Machine;
let answers: Address[] | Error;
let asked: string[];
let given: GivenEndpoints;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  [told, asked, answers, machine] = [[], [], [address('198.51.100.7')], new Machine()];
});

afterEach(() => {
  given.close();
  vi.useRealTimers();
});

describe('endpoints of the configuration', () => {
  it('are told at once where they are addresses, and as soon as they are found where they are names', async () => {
    start([endpoint('192.0.2.1:1'), { host: 'nas.example', port: 2 }]);
    expect(told).toEqual(['192.0.2.1:1']);
    await settled();
    expect(told).toEqual(['192.0.2.1:1', '192.0.2.1:1 198.51.100.7:2']);
  });

  it('are all addresses of a name, of both families', async () => {
    answers = [address('198.51.100.7'), address('2001:db8::7')];
    start([{ host: 'nas.example', port: 2 }]);
    await settled();
    expect(told).toEqual(['198.51.100.7:2 [2001:db8::7]:2']);
  });

  it('are looked for again when a name was not found, and the log says so once', async () => {
    answers = new Error('no answer');
    start([{ host: 'nas.example', port: 2 }]);
    await settled();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(asked).toHaveLength(2);
    expect(machine.logged).toEqual(['warning: nas.example was not found: no answer']);
    answers = [address('198.51.100.7')];
    await vi.advanceTimersByTimeAsync(10_000);
    expect(told).toEqual(['198.51.100.7:2']);
  });

  it('are looked for again when an attempt fails, though not all the time, and told when they are others', async () => {
    start([{ host: 'nas.example', port: 2 }]);
    await settled();
    given.hear(FAILED);
    expect(asked).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(30_000);
    given.hear({ ...FAILED, peer: testKey(2) });
    expect(asked).toHaveLength(1);
    given.hear(FAILED);
    await settled();
    expect(asked).toHaveLength(2);
    expect(told).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(30_000);
    answers = [address('198.51.100.8')];
    given.hear(FAILED);
    await settled();
    expect(told).toEqual(['198.51.100.7:2', '198.51.100.8:2']);
  });

  it('are all others after the configuration was read again; those that are no longer there are taken back', async () => {
    start([endpoint('192.0.2.1:1'), { host: 'nas.example', port: 2 }]);
    await settled();
    given.replace(new Map([[NAS, [{ host: 'nas.example', port: 3 }]]]));
    expect(told.at(-1)).toBe('198.51.100.7:3');
    given.replace(new Map());
    expect(told.at(-1)).toBe('');
    given.replace(new Map());
    expect(told).toHaveLength(4);
  });

  it('whose name is gone from the configuration are not looked for any more', async () => {
    answers = new Error('no answer');
    start([{ host: 'nas.example', port: 2 }]);
    await settled();
    given.replace(new Map());
    await vi.advanceTimersByTimeAsync(600_000);
    expect(asked).toHaveLength(1);
  });

  it('have one look-up under way for a name, however often the configuration is read', async () => {
    answers = new Error('no answer');
    const places: readonly Place[] = [{ host: 'nas.example', port: 2 }];
    start(places);
    given.replace(new Map([[NAS, places]]));
    await settled();
    given.replace(new Map([[NAS, places]]));
    await settled();
    expect(asked).toHaveLength(1);
  });

  it('stay as they were while a name is not found any more', async () => {
    start([{ host: 'nas.example', port: 2 }]);
    await settled();
    await vi.advanceTimersByTimeAsync(30_000);
    answers = new Error('no answer');
    given.hear(FAILED);
    await settled();
    expect(told).toEqual(['198.51.100.7:2']);
  });
});

describe('the machine’s own resolver', () => {
  it('is asked for all addresses, its hosts file included', async () => {
    start([]);
    expect(await systemLookUp('localhost')).toContain('127.0.0.1');
  });
});

function start(places: readonly Place[]): void {
  const lookUp: LookUp = (host) => {
    asked.push(host);
    return answers instanceof Error ? Promise.reject(answers) : Promise.resolve(answers);
  };
  given = new GivenEndpoints({
    places: new Map([[NAS, places]]),
    lookUp,
    log: machine.log,
    tell: (_, endpoints) => told.push(endpoints.join(' ')),
  });
  given.start();
}

/** What was asked for has been answered. */
const settled = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);
