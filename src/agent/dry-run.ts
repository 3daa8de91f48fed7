/**
 * `up --dry-run`: what starting an agent would change at once. It asks the same engine with the same readings, and
 * neither carries out nor sends anything of what it answers. What comes later depends on what other agents say.
 */
import type { Adopted, DeviceSnapshot, PeerChange } from '../core/device.js';
import { Engine } from '../core/engine.js';
import type { Action } from '../core/events.js';
import { linkLocal } from '../core/values/key.js';
import type { Prefix } from '../core/values/prefix.js';
import type { DryRunView, PlannedChange } from '../core/views.js';
import { systemClock } from './clock.js';
import { openDevice } from './device/index.js';
import { linuxHost } from './host.js';
import { peekAdopted } from './journal.js';
import { answers } from './lock.js';
import { socketPath } from './paths.js';
import { readSettings, type GivenSettings, type Settings } from './settings.js';
import type { Clock, Device, Host } from './ports.js';

/** Throws `UserError` for what would keep the agent from starting and can be seen without changing anything. */
export async function dryRun(given: GivenSettings): Promise<DryRunView> {
  const settings = readSettings(given);
  const name = given.interface;
  const device = await openDevice(name);
  try {
    const host = linuxHost(name);
    const adopted = peekAdopted(name, await host.incarnation());
    const running = await answers(socketPath(name));
    return { interface: name, running, ...(await plan({ settings, device, host, adopted, clock: systemClock })) };
  } finally {
    device.close();
  }
}

export interface Surroundings {
  readonly settings: Settings;
  readonly device: Device;
  readonly host: Host;
  readonly adopted: Adopted;
  readonly clock: Clock;
}

/** Reads the device and the machine, and asks an engine that nobody will ask again. */
export async function plan({
  settings,
  device: port,
  host: machine,
  adopted,
  clock,
}: Surroundings): Promise<Omit<DryRunView, 'interface' | 'running'>> {
  const [device, host] = [await port.read(), await machine.read()];
  const now = clock.now();
  const engine = new Engine({ ...settings, adopted, bootId: new Uint8Array(16), seed: 0 });
  const actions = [
    ...engine.handle({ type: 'host', host }, now),
    ...engine.handle({ type: 'device', device, begun: now, after: 0 }, now),
  ];
  const self = engine.self(now);
  const { connect } = settings.policy;
  const address = linkLocal(device.publicKey);
  return {
    publicKey: device.publicKey,
    linkLocal: address,
    addsLinkLocal: !host.tunnel.some((own) => own.address === address),
    port: settings.port,
    connect: typeof connect === 'string' ? connect : [...connect],
    changes: plannedChanges(actions, device).map((change) => {
      const name = engine.peers(now).find(({ publicKey }) => publicKey === change.publicKey)?.name;
      return name === undefined ? change : { ...change, name };
    }),
    adopted: adopted.peers,
    routers: self?.routers ?? [],
    candidates: self?.candidates ?? [],
    warnings: settings.warnings.map(({ text }) => text),
  };
}

/** What the actions would make different on the device as it is. */
function plannedChanges(actions: readonly Action[], device: DeviceSnapshot): readonly PlannedChange[] {
  return actions
    .flatMap((action) => (action.type === 'configure' ? action.changes : []))
    .map((change) => plannedChange(change, device));
}

function plannedChange(change: PeerChange, { peers }: DeviceSnapshot): PlannedChange {
  const { publicKey } = change;
  if (change.kind === 'remove') return { publicKey, what: 'remove', adds: [], removes: [] };
  const was = peers.find((peer) => peer.publicKey === publicKey);
  const before: readonly Prefix[] = was?.allowedIps ?? [];
  const after = change.allowedIps ?? before;
  return {
    publicKey,
    what: was === undefined ? 'add' : 'change',
    adds: after.filter((prefix) => !before.includes(prefix)),
    removes: before.filter((prefix) => !after.includes(prefix)),
    ...(change.keepalive !== undefined && { keepalive: change.keepalive }),
    ...(change.endpoint !== undefined && { endpoint: change.endpoint }),
  };
}
