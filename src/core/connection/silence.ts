/**
 * Why none of a peer's candidates answered, though a session through the router was there: what NATs and firewalls do,
 * judged by what both ends have seen of themselves. One cause, with the evidence and what would help.
 */
import type { Cause } from '../views.js';
import { familyOf, scopeOf } from '../values/address.js';
import { endpointAddress, type Endpoint } from '../values/endpoint.js';
import { isDark, natToBlame, type Sight } from './blame.js';
import type { Candidate } from './candidates.js';
import type { Connection } from './connection.js';
import { refusedThere } from './evidence.js';
import { portsMoveOn } from './drift.js';
import { distrustsEndpoints, notTrusted } from './explain.js';
import type { NatEvidence } from './nat.js';
import type { Scene } from './scene.js';
import { natOf, ownNat, reflexive, seenOf } from './sightings.js';

const CODES: readonly Cause['code'][] = [
  'mapping-varies',
  'no-candidates',
  'no-common-family',
  'no-hairpin',
  'not-trusted',
  'udp-blocked',
];

/** Pongs of small pings without one of full size from which on it is not mere loss: one of each is sent at a time. */
const ENOUGH_SHORT = 3;

/** Whether the cause is one of those that the other end's evidence may change. */
export const explainsSilence = ({ code }: Cause): boolean => CODES.includes(code);

export function nothingAnswered(connection: Connection, scene: Scene): Cause {
  const tried = connection.candidates.filter(({ outcome }) => outcome !== 'skipped');
  if (connection.theirs.stays !== undefined) return refusedThere(connection.theirs.stays);
  const narrow = whereOnlyShortPass(connection, scene);
  if (narrow !== undefined) return tooLong(narrow, scene);
  if (tried.length === 0) return nothingToTry(connection, scene);
  const silent = `none of its ${tried.length} endpoints answered (${tried.map(({ endpoint }) => endpoint).join(', ')})`;
  const here = ownNat(scene);
  const there = natOf(connection);
  const sight: Sight = { here: seenOf(connection), there: connection.theirs.seen };
  if (sight.here === 'another port' && sight.there === 'another port') return portsMoveOn(connection);
  const shared = sharedAddress(connection, scene);
  if (shared !== undefined && isDark(sight)) {
    const text = `Both are behind one NAT, at ${shared}, which does not lead packets back inside (no hairpinning): ${silent}. Let the two networks behind it reach each other, or turn hairpinning on there.`;
    return { code: 'no-hairpin', text };
  }
  const blamed = isPastNats(tried) ? undefined : natToBlame(here, there, sight);
  if (blamed !== undefined) return mappingVaries(blamed === here, blamed.certain, silent, connection, scene);
  return {
    code: 'udp-blocked',
    text: `${whoBlocks(here, there, sight)}: ${silent}. Allow or forward the WireGuard port there.`,
  };
}

/** Over IPv6 no NAT stands between them: whatever NATs do over IPv4, it is something else that keeps them apart there. */
const isPastNats = (tried: readonly Candidate[]): boolean =>
  tried
    .map(({ endpoint }) => endpointAddress(endpoint))
    .some((address) => familyOf(address) === 6 && scopeOf(address) === 'global');

/** Where small packets came through directly and long ones did not, by what either end has seen. */
function whereOnlyShortPass({ peer, state, candidates, theirs }: Connection, scene: Scene): Endpoint | undefined {
  const seenHere = state.name === 'probing' && state.shortPongs >= ENOUGH_SHORT;
  if (!seenHere && !theirs.narrow) return undefined;
  const answered = candidates.find(({ outcome }) => outcome === 'answered')?.endpoint;
  const device = scene.devicePeer(peer)?.endpoint;
  // The other end's packets may have drawn the device to where no candidate of ours is.
  return answered ?? (scene.isDirect(device, peer) ? device : reflexive(candidates));
}

/** Small packets pass on the direct path, those of the interface's own size do not. */
export function tooLong(endpoint: Endpoint, scene: Scene): Cause {
  const { mtu } = scene.input.host;
  const text = `Small packets pass directly at ${endpoint}, but packets of ${mtu} bytes, the interface's MTU, do not: a link on the way carries less and drops them. Give the interface a lower MTU at both ends, such as 1280.`;
  return { code: 'mtu', text };
}

function nothingToTry({ peer, candidates }: Connection, scene: Scene): Cause {
  if (distrustsEndpoints(scene.belief(peer))) return notTrusted('where it answers, so that there is nothing to try');
  const [skipped] = candidates;
  if (skipped === undefined) {
    const text =
      'No endpoint of it is known but the one through the router. Its router has to see it, or give one: wirelink connect --endpoint.';
    return { code: 'no-candidates', text };
  }
  const theirs = new Set(candidates.map(({ endpoint }) => familyOf(endpointAddress(endpoint))));
  const ours = new Set(scene.ownReflexive().map(familyOf));
  if (ours.size > 0 && [...theirs].every((family) => !ours.has(family))) {
    const has = theirs.has(6) ? 'IPv6' : 'IPv4';
    const text = `It has ${has} only (${skipped.endpoint}), and this machine cannot send there: ${skipped.reason ?? 'skipped'}. Give both ends one kind of address in common.`;
    return { code: 'no-common-family', text };
  }
  const text = `None of its endpoints can be used: ${skipped.endpoint} is ${skipped.reason ?? 'skipped'}.`;
  return { code: 'no-candidates', text };
}

/** The address of the NAT that both ends come from, as a router sees them. */
function sharedAddress(connection: Connection, scene: Scene): string | undefined {
  const own = new Set(scene.input.host.addresses.map(({ address }) => address));
  const ours = scene.ownReflexive().filter((address) => !own.has(address));
  return connection.candidates
    .filter(({ kind }) => kind === 'reflexive')
    .map(({ endpoint }) => endpointAddress(endpoint))
    .find((address) => ours.includes(address));
}

function mappingVaries(here: boolean, certain: boolean, silent: string, connection: Connection, scene: Scene): Cause {
  const { device, beliefs } = scene.input;
  const seen = here ? beliefs.observed.map(({ endpoint }) => endpoint).join(', ') : reflexive(connection.candidates);
  const evidence = here
    ? `we leave as ${seen ?? 'another'} instead of port ${device.listenPort}`
    : `it leaves as ${seen ?? 'another endpoint'}, not by the port it listens on`;
  const where = here ? 'here' : 'there';
  const help = here ? 'Forward a UDP port to this machine' : 'Forward a UDP port to it';
  const text = `${certain ? 'A' : 'Probably a'} NAT ${where} gives each destination another port: ${silent}, and ${evidence}. ${help}, or move it behind another NAT.`;
  return { code: 'mapping-varies', text };
}

function whoBlocks(here: NatEvidence, there: NatEvidence, sight: Sight): string {
  const what = 'lets UDP pass to the router and drops it between the two';
  if (isDark(sight) && here.isolated !== there.isolated) {
    return `A firewall or NAT ${here.isolated ? 'here' : 'there'} lets UDP pass to the router and to nobody else`;
  }
  if (sight.here !== 'none' && sight.there === 'none')
    return 'A firewall lets UDP pass from the other end, and not to it';
  if (sight.here === 'none' && sight.there !== 'none')
    return 'A firewall lets UDP pass to the other end, and not from it';
  if (here.passed && !there.passed) return `A firewall or NAT there ${what}`;
  return there.passed && !here.passed ? `A firewall or NAT here ${what}` : `A firewall or NAT at one end ${what}`;
}
