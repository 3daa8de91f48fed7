/** `invite`: makes a machine a member of the star, on the hub, and writes the configuration that it needs. */
import { generateKeyPairSync } from 'node:crypto';
import { UserError } from '../../core/errors.js';
import type { Address } from '../../core/values/address.js';
import { parseKey, shortKey, type PublicKey } from '../../core/values/key.js';
import { hostPrefix, prefixLength, type Prefix } from '../../core/values/prefix.js';
import type { InvitedView } from '../../core/views.js';
import { isPeerName, NAME, parsePlace, PLACE } from '../config/schema.js';
import { replaceFile } from '../replace-file.js';
import { seatsIn, type Seat } from './addresses.js';
import { isKeptByHand, onHub, publicEndpoint, takenBy, type AgentKnows, type Hub } from './hub.js';
import { withName } from './names.js';
import { withPeer } from './quick-file.js';
import { makeAll, type Step } from './steps.js';

export interface Invitation {
  readonly interface: string;
  readonly name: string;
  /** Of a key pair that the new machine has made itself. */
  readonly publicKey: PublicKey | undefined;
  /** The hub's, as the new machine is to reach it: address or host name, with a port. */
  readonly endpoint: string | undefined;
  readonly address: Address | undefined;
  /** What the new machine sends through the hub; the hub's networks if left out. */
  readonly allowedIps: readonly Prefix[] | undefined;
  readonly save: boolean;
  readonly config: string | undefined;
  readonly agent: AgentKnows | undefined;
}

/** NATs forget a UDP flow after 30 s and more (RFC 4787, REQ-5, asks for two minutes; many keep less). */
const KEEPALIVE_SECONDS = 25;

/** All of it or, when something fails, nothing. Throws `UserError` for what a person can mend. */
export function invite(invitation: Invitation): Promise<InvitedView> {
  const { name, endpoint } = invitation;
  if (!isPeerName(name)) throw usage(`Expected ${NAME}, found ${JSON.stringify(name)}.`);
  if (endpoint !== undefined && parsePlace(endpoint) === undefined) {
    throw usage(`--endpoint takes ${PLACE}, not ${JSON.stringify(endpoint)}.`);
  }
  return onHub(invitation, (hub) => inviteOn(hub, invitation));
}

async function inviteOn(hub: Hub, invitation: Invitation): Promise<InvitedView> {
  const { name } = invitation;
  checkIsFree(name, hub);
  const keys = invitation.publicKey === undefined ? newKeys() : { publicKey: invitation.publicKey };
  checkKey(keys.publicKey, hub);
  const seats = seatsIn(hub.interface, hub.host.tunnel, takenBy(hub.members), invitation.address);
  const endpoint = invitation.endpoint ?? publicEndpoint(hub);
  if (endpoint === undefined) {
    throw new UserError('endpoint-unknown', { interface: hub.interface, port: String(hub.device.listenPort) });
  }
  const member = { publicKey: keys.publicKey, allowedIps: seats.map(({ address }) => hostPrefix(address)) };
  await makeAll([
    ...(invitation.save ? [rewriting(hub.quick, withPeer(hub.quick.text ?? '', name, member))] : []),
    rewriting(hub.config, withName(hub.config.text ?? '', hub.config.path, keys.publicKey, name)),
    {
      make: () => hub.port.apply({ kind: 'set', ...member }),
      takeBack: () => hub.port.apply({ kind: 'remove', publicKey: keys.publicKey }),
    },
  ]);
  const routed = invitation.allowedIps ?? seats.map(({ network }) => network);
  return {
    interface: hub.interface,
    name,
    ...member,
    endpoint,
    configuration: configurationOf({ keys, seats, hub: hub.device.publicKey, endpoint, routed }),
    namedIn: hub.config.path,
    ...(invitation.save && { savedTo: hub.quick.path }),
    ...(!invitation.save && isKeptByHand(hub.quick) && { missingIn: hub.quick.path }),
    agent: hub.agent !== undefined,
  };
}

const usage = (message: string): UserError => new UserError('usage', { message });

function checkIsFree(name: string, { members }: Hub): void {
  const namesake = members.find((member) => member.name === name);
  if (namesake !== undefined) throw new UserError('name-taken', { name, peer: shortKey(namesake.publicKey) });
}

function checkKey(key: PublicKey, { interface: name, device, members }: Hub): void {
  const taken = key === device.publicKey || members.some(({ publicKey }) => publicKey === key);
  if (taken) throw new UserError('key-taken', { key, where: name });
}

export function rewriting({ path, text }: Hub['config'], changed: string): Step {
  return {
    make: () => {
      if (changed !== text) replaceFile(path, changed);
    },
    takeBack: () => {
      if (changed !== text) replaceFile(path, text);
    },
  };
}

interface Keys {
  readonly publicKey: PublicKey;
  /** Absent when it was made elsewhere. Base64. */
  readonly privateKey?: string;
}

function newKeys(): Keys {
  const { d, x } = generateKeyPairSync('x25519').privateKey.export({ format: 'jwk' });
  const publicKey = parseKey(Buffer.from(x ?? '', 'base64url').toString('base64'));
  if (d === undefined || publicKey === undefined) throw new Error('bug: a new key pair has both its keys');
  return { publicKey, privateKey: Buffer.from(d, 'base64url').toString('base64') };
}

interface Contents {
  readonly keys: Keys;
  readonly seats: readonly Seat[];
  readonly hub: PublicKey;
  readonly endpoint: string;
  readonly routed: readonly Prefix[];
}

/** As wg-quick and WireGuard's apps read it. Its addresses have the network's length, so that the agent there knows it. */
function configurationOf({ keys, seats, hub, endpoint, routed }: Contents): string {
  const lines = [
    '[Interface]',
    keys.privateKey === undefined
      ? `# PrivateKey = the one that belongs to ${keys.publicKey}`
      : `PrivateKey = ${keys.privateKey}`,
    `Address = ${seats.map(({ address, network }) => `${address}/${prefixLength(network)}`).join(', ')}`,
    '',
    '[Peer]',
    `PublicKey = ${hub}`,
    `AllowedIPs = ${routed.join(', ')}`,
    `Endpoint = ${endpoint}`,
    `PersistentKeepalive = ${KEEPALIVE_SECONDS}`,
  ];
  return `${lines.join('\n')}\n`;
}
