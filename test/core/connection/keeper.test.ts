/** The device is brought to what is wanted, step by step, and nothing of the user's is lost on the way. */
import { beforeEach, describe, expect, it } from 'vitest';
import { Connection } from '../../../src/core/connection/connection.js';
import { Keeper } from '../../../src/core/connection/keeper.js';
import type { DevicePeer, PeerChange } from '../../../src/core/device.js';
import { CONFIGURE_PAUSE, FRESH_ENOUGH, KEEPALIVE_SECONDS } from '../../../src/core/limits.js';
import { linkLocal } from '../../../src/core/values/key.js';
import { instant } from '../../../src/core/values/time.js';
import { prefix } from '../support/values.js';
import { HUB, SPOKE } from '../support/network.js';
import { active, activeConnection, ATTEMPT, DIRECT, hub, spoke, Stage } from '../support/scene.js';

const NOTHING = { peers: [], moved: [] };
const OVERLAY = '10.9.0.3/32';
const SPOKE_OWN = `${linkLocal(SPOKE)}/128`;

let stage: Stage;
let keeper: Keeper;
let applied: number;

beforeEach(() => {
  stage = new Stage();
  keeper = new Keeper(NOTHING);
  applied = 0;
});

describe('a peer that is connected', () => {
  it('is added with its link-local address alone, and without a keepalive, while the attempt runs', () => {
    expect(settle([inviting()], [hub()])).toEqual([{ kind: 'set', publicKey: SPOKE, allowedIps: [SPOKE_OWN] }]);
  });

  it('is given its addresses first, and its endpoint and keepalive in a step after them', () => {
    const connection = activeConnection();
    connection.aim = { endpoint: DIRECT, recreate: false, ping: 'none' };
    keeper = new Keeper({ peers: [SPOKE], moved: [] });
    expect(settle([connection], [hub(), spoke()])).toEqual([
      { kind: 'set', publicKey: SPOKE, allowedIps: [OVERLAY, SPOKE_OWN] },
      { kind: 'set', publicKey: SPOKE, endpoint: DIRECT, keepalive: KEEPALIVE_SECONDS },
    ]);
  });

  it('is left alone when the device is as wanted', () => {
    keeper = new Keeper({ peers: [SPOKE], moved: [] });
    const there = { ...spoke(OVERLAY), keepalive: KEEPALIVE_SECONDS };
    expect(settle([activeConnection()], [hub(), there])).toEqual([]);
  });

  it('is removed when the connection has ended', () => {
    keeper = new Keeper({ peers: [SPOKE], moved: [] });
    expect(settle([new Connection(SPOKE)], [hub(), spoke(OVERLAY)])).toEqual([{ kind: 'remove', publicKey: SPOKE }]);
  });
});

describe('a peer of the user’s', () => {
  it('gets its link-local address beside what it has', () => {
    const bare = { ...hub(), allowedIps: hub().allowedIps.filter((prefix) => !prefix.startsWith('fe80')) };
    expect(settle([], [bare])).toEqual([{ kind: 'set', publicKey: HUB, existing: true, allowedIps: hub().allowedIps }]);
  });

  it('is never removed, and never loses a prefix but to a peer that moves it', () => {
    expect(settle([], [hub(), spoke('10.9.0.7/32')])).toEqual([]);
    expect(settle([new Connection(SPOKE)], [hub(), spoke(OVERLAY)])).toEqual([]);
  });

  it.each([
    ['moves to a peer that is there', () => [hub('10.9.0.1/32', OVERLAY), spoke()]],
    ['moves to a peer that somebody took off meanwhile', () => [hub('10.9.0.1/32', OVERLAY)]],
  ])('gets a prefix back that %s, before that peer is removed', (_, before) => {
    keeper = new Keeper({ peers: [SPOKE], moved: [] });
    const connection = activeConnection();
    settle([connection], before());
    expect(keeper.moved()).toEqual([{ prefix: OVERLAY, from: HUB }]);
    const after = [hub('10.9.0.1/32'), spoke(OVERLAY)];
    settled(after);
    connection.enter({ name: 'idle', retryAt: undefined });
    expect(settle([connection], after)).toEqual([
      { kind: 'set', publicKey: HUB, existing: true, allowedIps: hub('10.9.0.1/32', OVERLAY).allowedIps },
      { kind: 'remove', publicKey: SPOKE },
    ]);
    settled([hub('10.9.0.1/32', OVERLAY)]);
    expect(settle([connection], [hub('10.9.0.1/32', OVERLAY)])).toEqual([]);
    expect(keeper.moved()).toEqual([]);
  });

  it('gets back what a former agent moved, as its journal says', () => {
    keeper = new Keeper({ peers: [], moved: [{ prefix: prefix(OVERLAY), from: HUB }] });
    expect(settle([], [hub('10.9.0.1/32')])).toEqual([
      { kind: 'set', publicKey: HUB, existing: true, allowedIps: hub('10.9.0.1/32', OVERLAY).allowedIps },
    ]);
  });

  it('is changed by a fresh reading only, which is asked for once', () => {
    const bare = { ...hub(), allowedIps: hub().allowedIps.filter((prefix) => !prefix.startsWith('fe80')) };
    const scene = stage.scene({ now: 10_000, readAt: 10_000 - FRESH_ENOUGH - 1, peers: [bare] });
    keeper.settle([], scene);
    expect(stage.taken()).toEqual([{ type: 'read-device' }]);
    keeper.settle([], scene);
    expect(stage.taken()).toEqual([]);
    keeper.settle([], stage.scene({ now: 10_001, readAt: 10_000, peers: [bare] }));
    expect(stage.taken()).toMatchObject([{ type: 'configure' }]);
  });
});

describe('changes', () => {
  it('are under way one at a time, until the device was read after them', () => {
    const connection = inviting();
    expect(settle([connection], [hub()])).toHaveLength(1);
    expect(keeper.busy).toBe(true);
    expect(settle([connection], [hub()])).toEqual([]);
    keeper.deviceRead(0, () => true, instant(0));
    expect(settle([connection], [hub()])).toEqual([]);
    settled([hub()]);
    expect(settle([connection], [hub()])).toHaveLength(1);
  });

  it('that were refused are asked for again after a pause, not at once', () => {
    settle([inviting()], [hub()]);
    keeper.failed(instant(0));
    settled([hub()]);
    expect(settle([inviting()], [hub()])).toEqual([]);
    expect(keeper.wakeAt(instant(0))).toBe(CONFIGURE_PAUSE);
    expect(settle([inviting()], [hub()], CONFIGURE_PAUSE)).toHaveLength(1);
  });

  it('that aim at an endpoint are followed by the ping that tries it', () => {
    keeper = new Keeper({ peers: [SPOKE], moved: [] });
    const connection = new Connection(SPOKE);
    connection.enter({ ...active(instant(0)), pingAt: undefined });
    connection.aim = { endpoint: DIRECT, recreate: false, ping: 'direct' };
    keeper.settle([connection], stage.scene({ peers: [hub(), spoke(OVERLAY)] }));
    expect(stage.taken().map(({ type }) => type)).toEqual(['configure', 'send']);
    expect(connection.aim).toBeUndefined();
  });
});

/** The steps asked for, which count as on their way from then on. */
function settle(connections: readonly Connection[], peers: readonly DevicePeer[], now = 0): readonly PeerChange[] {
  keeper.settle(connections, stage.scene({ now, peers }));
  const configure = stage.taken().find((action) => action.type === 'configure');
  if (configure !== undefined) applied = configure.id;
  return configure?.changes ?? [];
}

/** The device was read after the last change. */
function settled(peers: readonly DevicePeer[]): void {
  keeper.deviceRead(applied, (key) => peers.some(({ publicKey }) => publicKey === key), instant(0));
}

function inviting(): Connection {
  const connection = new Connection(SPOKE);
  connection.enter({
    name: 'inviting',
    attempt: ATTEMPT,
    sendAt: instant(0),
    sentAt: instant(0),
    tries: 0,
    aimAt: undefined,
  });
  return connection;
}
