/** Views as an agent would tell them, each with what a test wants different. */
import type { StatusResult } from '../../src/core/control-api.js';
import { parseEndpoint, type Endpoint } from '../../src/core/values/endpoint.js';
import { keyFromBytes, linkLocal, type PublicKey } from '../../src/core/values/key.js';
import { parsePrefix, type Prefix } from '../../src/core/values/prefix.js';
import type { Cause, ClaimView, PeerView, SelfView } from '../../src/core/views.js';

export const aKey = (fill: number): PublicKey => known(keyFromBytes(new Uint8Array(32).fill(fill)));
export const anEndpoint = (text: string): Endpoint => known(parseEndpoint(text));
export const aPrefix = (text: string): Prefix => known(parsePrefix(text));

export const SELF = aKey(1);
export const HUB = aKey(2);
export const SPOKE = aKey(3);

/** The longest there is. */
export const LONG_ENDPOINT = anEndpoint('[2001:db8:1234:5678:9abc:def0:1234:5678]:51820');

export const aCause = (text: string, code: Cause['code'] = 'waiting'): Cause => ({ code, text });

/** For what is optional in a view: it is absent, never `undefined`. */
export function without<View extends object, Key extends keyof View>(
  view: View,
  ...keys: readonly Key[]
): Omit<View, Key> {
  return Object.fromEntries(Object.entries(view).filter(([key]) => !keys.includes(key as Key))) as Omit<View, Key>;
}

export function aSelf(different: Partial<SelfView> = {}): SelfView {
  return {
    publicKey: SELF,
    linkLocal: linkLocal(SELF),
    listenPort: 51820,
    port: 51821,
    routers: [HUB],
    warnings: [],
    candidates: [anEndpoint('192.168.1.2:51820')],
    observed: [{ by: HUB, byName: 'hub', endpoint: anEndpoint('203.0.113.7:51820') }],
    nat: { verdict: 'endpoint-independent', certain: false, text: 'one mapping for all destinations' },
    ...different,
  };
}

export function aHub(different: Partial<PeerView> = {}): PeerView {
  return {
    publicKey: HUB,
    name: 'hub',
    namedBy: 'itself',
    linkLocal: linkLocal(HUB),
    path: 'direct',
    router: true,
    agent: true,
    configured: true,
    endpoint: anEndpoint('198.51.100.1:51820'),
    rttMs: 1.23,
    lastContactMs: 3200,
    rxBytes: 1_234_567,
    txBytes: 92_160,
    allowedIps: [aPrefix('10.9.0.0/24')],
    candidates: [],
    ...different,
  };
}

export function aSpoke(different: Partial<PeerView> = {}): PeerView {
  return {
    publicKey: SPOKE,
    name: 'laptop',
    namedBy: 'router',
    linkLocal: linkLocal(SPOKE),
    path: 'relayed',
    via: HUB,
    router: false,
    agent: true,
    configured: false,
    endpoint: anEndpoint('203.0.113.9:40312'),
    rttMs: 52.1,
    lastContactMs: 12_000,
    rxBytes: 0,
    txBytes: 0,
    allowedIps: [aPrefix('10.9.0.3/32')],
    cause: aCause('None of its candidates answered.', 'udp-blocked'),
    retryInMs: 12_000,
    candidates: [],
    ...different,
  };
}

export function aClaim(different: Partial<ClaimView> = {}): ClaimView {
  return {
    subject: SPOKE,
    subjectName: 'laptop',
    attribute: 'endpoint',
    value: '203.0.113.9:40312',
    source: HUB,
    sourceName: 'hub',
    expiresInMs: 42_000,
    ...different,
  };
}

export const aStatus = (self: SelfView = aSelf()): StatusResult => ({
  version: '0.1.0',
  interface: 'wg0',
  pid: 1,
  uptimeMs: 120_000,
  self,
});

function known<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('the test itself gives a value that is none');
  return value;
}
