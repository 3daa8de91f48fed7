/** Why a peer is not direct, in one sentence with the evidence and what would help. */
import type { Cause } from '../views.js';
import { familyOf } from '../values/address.js';
import { endpointAddress, endpointPort, type Endpoint } from '../values/endpoint.js';
import type { PublicKey } from '../values/key.js';
import type { Prefix } from '../values/prefix.js';
import type { Connection } from './connection.js';
import type { Scene } from './scene.js';

/** Pongs of small pings without one of full size from which on it is not mere loss: one of each is sent at a time. */
const ENOUGH_SHORT = 3;

/** What keeps an attempt from being worth anything now; `undefined` when one may be made. */
export function causeToStay(peer: PublicKey, scene: Scene): Cause | undefined {
  const belief = scene.belief(peer);
  if (belief?.member !== true) {
    return { code: 'withdrawn', text: 'No router has it on its interface any more.' };
  }
  if (belief.bootId === undefined) {
    if (!belief.seen) return { code: 'offline', text: 'No router has heard from it lately. It may be switched off.' };
    if (scene.routersOf(peer).length === 0) return noNegotiator();
    return { code: 'no-agent', text: 'It runs WireGuard without wirelink. Start wirelink there to reach it directly.' };
  }
  if (scene.routersOf(peer).length === 0) return noNegotiator();
  if (belief.allowedIps.length === 0) {
    const disputed = belief.disputed[0];
    return disputed === undefined
      ? {
          code: 'not-granted',
          text: 'No router grants it an address that may be moved here. See: wirelink facts --rejected',
        }
      : {
          code: 'prefix-disputed',
          text: `Two peers are said to own ${disputed}; it stays with the router until one is right.`,
        };
  }
  const [withheld] = belief.withheld;
  if (withheld !== undefined) {
    const text = `It also carries ${withheld}, which has to stay with the router; on a direct path what it sends from there would be dropped.`;
    return { code: 'prefix-withheld', text };
  }
  return undefined;
}

/** The prefixes an attempt moves; those at a peer in contact stay when its router has merely fallen silent. */
export function movablePrefixes(connection: Connection, scene: Scene): readonly Prefix[] {
  const belief = scene.belief(connection.peer);
  return belief?.member === true ? belief.allowedIps : connection.held;
}

/** Small packets pass on the direct path, those of the interface's own size do not. */
export function tooLong(endpoint: Endpoint, scene: Scene): Cause {
  const { mtu } = scene.input.host;
  const text = `Small packets pass directly at ${endpoint}, but packets of ${mtu} bytes, the interface's MTU, do not: a link on the way carries less and drops them. Give the interface a lower MTU at both ends, such as 1280.`;
  return { code: 'mtu', text };
}

/** No candidate answered, though a session through the router was there: what NATs and firewalls do. */
export function candidatesSilent(connection: Connection, scene: Scene): Cause {
  const tried = connection.candidates.filter(({ outcome }) => outcome !== 'skipped');
  if (tried.length === 0) {
    const skipped = connection.candidates[0];
    return {
      code: 'no-candidates',
      text:
        skipped === undefined
          ? 'No endpoint of it is known but the one through the router. Its router has to see it, or give one: wirelink connect --endpoint.'
          : `None of its endpoints can be used: ${skipped.endpoint} is ${skipped.reason ?? 'skipped'}.`,
    };
  }
  const passing = tried.find(({ outcome }) => outcome === 'answered');
  const { state } = connection;
  if (passing !== undefined && state.name === 'probing' && state.shortPongs >= ENOUGH_SHORT) {
    return tooLong(passing.endpoint, scene);
  }
  const own = scene.input.beliefs.observed.find(
    ({ endpoint }) => endpointPort(endpoint) !== scene.input.device.listenPort,
  );
  const evidence = `none of its ${tried.length} endpoints answered (${tried.map(({ endpoint }) => endpoint).join(', ')})`;
  if (own !== undefined && !isOwnAddress(own.endpoint, scene)) {
    return {
      code: 'mapping-varies',
      text: `Probably a NAT here that gives each destination another port: ${evidence}, and we leave as ${own.endpoint} instead of port ${scene.input.device.listenPort}. Forward a UDP port to this machine, or move it behind another NAT.`,
    };
  }
  const theirs = theirVaryingMapping(connection);
  if (theirs !== undefined) {
    return {
      code: 'mapping-varies',
      text: `Probably a NAT there that gives each destination another port: ${evidence}, and it leaves as ${theirs}, not by the port it listens on. Forward a UDP port to it, or move it behind another NAT.`,
    };
  }
  return {
    code: 'candidates-silent',
    text: `A session through the router is up, but ${evidence}: a firewall at one end drops UDP from outside, or a NAT maps each destination anew. Allow or forward the WireGuard port at one end.`,
  };
}

/** A router sees the peer at a port that none of its own addresses has: its NAT did not keep the port. */
function theirVaryingMapping(connection: Connection): string | undefined {
  const listening = connection.candidates.filter(({ kind }) => kind === 'host').map(({ endpoint }) => endpoint);
  const seen = connection.candidates.find(({ kind }) => kind === 'reflexive')?.endpoint;
  if (seen === undefined || listening.length === 0) return undefined;
  return listening.some((endpoint) => endpointPort(endpoint) === endpointPort(seen)) ? undefined : seen;
}

function isOwnAddress(endpoint: Parameters<typeof endpointAddress>[0], scene: Scene): boolean {
  const address = endpointAddress(endpoint);
  return scene.input.host.addresses.some(
    (own) => own.address === address && familyOf(own.address) === familyOf(address),
  );
}

function noNegotiator(): Cause {
  return {
    code: 'no-path-to-negotiate',
    text: 'No wirelink agent answers on the router through which it is reached. Start wirelink there.',
  };
}
