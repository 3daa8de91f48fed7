import { beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/agent/clock.js';
import { plan, type Surroundings } from '../../src/agent/dry-run.js';
import { DEFAULT_POLICY } from '../../src/core/policy.js';
import { hostPrefix } from '../../src/core/values/prefix.js';
import { linkLocal } from '../../src/core/values/key.js';
import { endpoint, prefix } from '../support/expected.js';
import { testKey } from '../support/keys.js';
import { MemoryDevice } from '../support/memory-device.js';
import { MemoryHost } from '../support/memory-host.js';

const own = linkLocal(testKey(255));
const hub = testKey(1);
const spoke = testKey(2);

let device: MemoryDevice;
let host: MemoryHost;
let surroundings: Surroundings;

beforeEach(() => {
  device = new MemoryDevice([{ publicKey: hub, allowedIps: [prefix('10.9.0.0/24')] }]);
  host = new MemoryHost();
  surroundings = {
    settings: {
      port: 51821,
      policy: DEFAULT_POLICY,
      endpoints: new Map(),
      metrics: undefined,
      warnings: [{ code: 'waiting', text: 'hm' }],
    },
    adopted: { peers: [], moved: [] },
    clock: systemClock,
    device,
    host,
  };
});

describe('a dry run', () => {
  it('tells of the addresses that the interface and its peers would get', async () => {
    expect(await plan(surroundings)).toMatchObject({
      linkLocal: own,
      addsLinkLocal: true,
      port: 51821,
      connect: 'auto',
      changes: [{ publicKey: hub, what: 'change', adds: [hostPrefix(linkLocal(hub))], removes: [] }],
      warnings: ['hm'],
    });
  });

  it('changes nothing', async () => {
    const before = device.now;
    device.beforeApply = () => {
      throw new Error('changed');
    };
    await plan(surroundings);
    expect(device.now).toEqual(before);
    expect([...host.addresses]).toEqual([]);
  });

  it('has nothing to tell where all is as an agent would make it', async () => {
    host.addresses.add(own);
    device.set({ kind: 'set', publicKey: hub, allowedIps: [prefix('10.9.0.0/24'), hostPrefix(linkLocal(hub))] });
    expect(await plan(surroundings)).toMatchObject({ addsLinkLocal: false, changes: [] });
  });

  it('tells what it would take over from a killed agent', async () => {
    const its = prefix('10.9.0.3/32');
    const allowedIps = [its, hostPrefix(linkLocal(spoke))];
    device.set({ kind: 'set', publicKey: spoke, endpoint: endpoint('192.0.2.7:51820'), keepalive: 25, allowedIps });
    const { adopted, changes } = await plan({
      ...surroundings,
      adopted: { peers: [spoke], moved: [{ prefix: its, from: hub }] },
    });
    expect(adopted).toEqual([spoke]);
    expect(changes.map(({ publicKey }) => publicKey)).toEqual([hub]);
  });

  it('tells what it would remove of it: a peer that has no endpoint was in contact with nobody', async () => {
    device.set({ kind: 'set', publicKey: spoke, allowedIps: [hostPrefix(linkLocal(spoke))] });
    const { changes } = await plan({ ...surroundings, adopted: { peers: [spoke], moved: [] } });
    expect(changes).toContainEqual({ publicKey: spoke, what: 'remove', adds: [], removes: [] });
  });
});
