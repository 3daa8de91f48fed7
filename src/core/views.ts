/** What the engine shows of itself: plain data for `facts`, `peers`, `connect` and `probe`, as it goes out as JSON. */
import type { AttributeName } from './facts/attributes.js';
import type { RefusalCode } from './trust/belief.js';
import type { Address } from './values/address.js';
import type { Endpoint } from './values/endpoint.js';
import type { PublicKey } from './values/key.js';
import type { Prefix } from './values/prefix.js';

export type { AttributeName, RefusalCode };

/**
 * How packets reach a peer. `direct`: straight to it. `relayed`: through a router. `connecting`: relayed while an
 * attempt runs. `offline`: no router has heard of it lately. `plain`: it runs WireGuard without wirelink.
 */
export type PathKind = 'direct' | 'relayed' | 'connecting' | 'offline' | 'plain';

/** Why a peer is not direct: a stable code, and a sentence with the evidence and what would help. */
export interface Cause {
  readonly code: CauseCode;
  readonly text: string;
}

export type CauseCode =
  | 'agent-silent'
  | 'clock-back'
  | 'configuration'
  | 'configured'
  | 'connecting'
  | 'contact-lost'
  | 'device-refused'
  | 'manual'
  | 'mapping-varies'
  | 'metrics-public'
  | 'mtu'
  | 'no-agent'
  | 'no-candidates'
  | 'no-common-family'
  | 'no-hairpin'
  | 'no-path-to-negotiate'
  | 'no-session'
  | 'not-granted'
  | 'not-trusted'
  | 'offline'
  | 'one-sided'
  | 'prefix-disputed'
  | 'prefix-withheld'
  | 'save-config'
  | 'udp-blocked'
  | 'waiting'
  | 'withdrawn';

export interface PeerView {
  readonly publicKey: PublicKey;
  /** From the configuration or a router; absent when nobody named it. */
  readonly name?: string;
  /** Who named it; present with a name. What it calls itself is good for a table, and for nothing that is believed. */
  readonly namedBy?: 'configuration' | 'router' | 'itself';
  readonly linkLocal: Address;
  readonly path: PathKind;
  /** The router that carries a relayed path. */
  readonly via?: PublicKey;
  /** Whether this peer is a router for us. */
  readonly router: boolean;
  /** Whether an agent has been heard there. */
  readonly agent: boolean;
  /** Whether the peer was on the interface before us, rather than added by us or merely known. */
  readonly configured: boolean;
  /** Where packets to it go now, or where routers see it when it is relayed. */
  readonly endpoint?: Endpoint;
  readonly rttMs?: number;
  /** Milliseconds since something authentic last came from it over its present path. */
  readonly lastContactMs?: number;
  readonly rxBytes?: number;
  readonly txBytes?: number;
  readonly allowedIps: readonly Prefix[];
  /** Present on every peer that is not direct. */
  readonly cause?: Cause;
  /** Milliseconds until the next attempt, when one is planned. */
  readonly retryInMs?: number;
  readonly candidates: readonly CandidateView[];
}

export interface CandidateView {
  readonly endpoint: Endpoint;
  readonly kind: 'host' | 'reflexive' | 'given';
  readonly outcome: 'untried' | 'tried' | 'answered' | 'no-answer' | 'skipped';
  readonly reason?: string;
}

export interface ClaimView {
  readonly subject: PublicKey;
  readonly subjectName?: string;
  readonly attribute: AttributeName;
  /** The value as a person reads it: an endpoint, a prefix, a name, a boot id. */
  readonly value: string;
  readonly source: PublicKey;
  readonly sourceName?: string;
  /** The neighbour that passed it on, when that is not the source. */
  readonly via?: PublicKey;
  /** Milliseconds until it expires unless renewed; absent for what this machine itself sees. */
  readonly expiresInMs?: number;
  /** Why it is not believed; absent for a believed one. */
  readonly rejected?: string;
  /** The same as one stable word. */
  readonly rejectedCode?: RefusalCode;
}

/** What an agent says as soon as it is ready: the interface is read, clients may connect, nothing is sent yet. */
export interface ReadyView {
  readonly ready: true;
  readonly interface: string;
  readonly linkLocal: Address;
  readonly port: number;
  /** How many are on the interface. */
  readonly peers: number;
}

/** What starting an agent would change at once, before any other agent has said anything. */
export interface DryRunView {
  readonly interface: string;
  /** Whether one runs already, so that no other could start. */
  readonly running: boolean;
  readonly publicKey: PublicKey;
  readonly linkLocal: Address;
  /** Whether the interface does not have that address yet. */
  readonly addsLinkLocal: boolean;
  readonly port: number;
  readonly connect: 'auto' | 'manual' | readonly PublicKey[];
  readonly changes: readonly PlannedChange[];
  /** Peers that a killed agent left on the interface and that this one would take over. */
  readonly adopted: readonly PublicKey[];
  readonly routers: readonly PublicKey[];
  /** The machine's own endpoints that others would be told. */
  readonly candidates: readonly Endpoint[];
  readonly warnings: readonly string[];
}

/** One step on a peer of the interface. */
export interface PlannedChange {
  readonly publicKey: PublicKey;
  readonly name?: string;
  readonly what: 'add' | 'change' | 'remove';
  /** Allowed IPs that it would have more, and fewer. */
  readonly adds: readonly Prefix[];
  readonly removes: readonly Prefix[];
  readonly endpoint?: Endpoint;
  /** Seconds, 0 for off. */
  readonly keepalive?: number;
}

/** What `doctor` found, in the order in which it is worth mending. */
export interface DoctorView {
  readonly interface: string;
  readonly checks: readonly CheckView[];
}

export interface CheckView {
  readonly check: CheckName;
  /** `hint`: may be what is wrong, and cannot be told for sure. `unknown`: could not be looked at. */
  readonly outcome: 'ok' | 'wrong' | 'hint' | 'unknown';
  /** What was seen. */
  readonly text: string;
  /** The command that mends it, to be run as root; present where something is wrong. */
  readonly fix?: string;
}

export type CheckName =
  | 'agent'
  | 'clock'
  | 'firewall'
  | 'forwarding'
  | 'full-tunnel'
  | 'hub-agent'
  | 'keepalive'
  | 'mtu'
  | 'save-config'
  | 'tools';

/** A configuration file without mistakes. */
export interface CheckedView {
  readonly file: string;
  /** The default file may be missing. */
  readonly found: boolean;
}

/** What became of an interface that an agent was killed on. */
export interface RestoredView {
  readonly interface: string;
  readonly outcome: 'restored' | 'nothing-to-do' | 'interface-gone';
  /** What was wrong with what the agent had written down. */
  readonly warnings: readonly string[];
}

/** A new member of the network, and the configuration that makes a machine that member. */
export interface InvitedView {
  readonly interface: string;
  readonly name: string;
  readonly publicKey: PublicKey;
  /** What the hub's interface holds for it: single addresses. */
  readonly allowedIps: readonly Prefix[];
  /** Where it reaches the hub: an address or a host name, with a port. */
  readonly endpoint: string;
  /** The new machine's wg-quick file. Holds its private key, unless that was made elsewhere. */
  readonly configuration: string;
  /** The file in which its name stands now. */
  readonly namedIn: string;
  /** The hub's wg-quick file, when the peer was written there. */
  readonly savedTo?: string;
  /** The hub's wg-quick file, when the peer is not in there and so is gone once the interface is made anew. */
  readonly missingIn?: string;
  /** Whether an agent runs here, without which no other machine hears of it. */
  readonly agent: boolean;
  /** Why that agent does not know the name, although it was told to read its configuration again. */
  readonly unread?: string;
}

/** A former member. */
export interface RemovedView {
  readonly interface: string;
  readonly publicKey: PublicKey;
  readonly name?: string;
  /** The files it stood in and was taken out of. */
  readonly files: readonly string[];
  /** The hub's wg-quick file, when it still stands there and so comes back with the interface. */
  readonly stillIn?: string;
  /** Whether an agent runs here, without which no other machine is told. */
  readonly agent: boolean;
  /** Why that agent goes by its old configuration, although it was told to read it again. */
  readonly unread?: string;
}

/** Names of peers as lines of a hosts file. */
export interface HostsView {
  readonly interface: string;
  readonly hosts: readonly HostEntry[];
  /** Those that have a name and get no line. */
  readonly leftOut: readonly { readonly publicKey: PublicKey; readonly name: string; readonly reason: string }[];
  /** The file they are kept in, when there is one, and whether it is another now. */
  readonly file?: string;
  readonly changed?: boolean;
}

export interface HostEntry {
  readonly name: string;
  readonly address: Address;
  readonly publicKey: PublicKey;
}

/** How this machine looks, from inside and from outside. */
export interface SelfView {
  readonly publicKey: PublicKey;
  readonly linkLocal: Address;
  readonly listenPort: number;
  /** The port wirelink's agents talk on, inside the tunnel. */
  readonly port: number;
  readonly routers: readonly PublicKey[];
  /** What keeps the whole machine from connecting, such as no agent on any router. */
  readonly warnings: readonly Cause[];
  readonly candidates: readonly Endpoint[];
  /** Our endpoint as each peer sees it. */
  readonly observed: readonly { readonly by: PublicKey; readonly byName?: string; readonly endpoint: Endpoint }[];
  readonly nat: NatView;
}

/** What the observations say about the NAT in front of us, in the words of RFC 4787. */
export interface NatView {
  readonly verdict: 'none' | 'endpoint-independent' | 'address-and-port-dependent' | 'unknown';
  /** Whether more than one observer supports the verdict; one alone gives a "probably". */
  readonly certain: boolean;
  readonly text: string;
}
