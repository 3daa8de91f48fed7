/**
 * The mesh as one agent knows it: itself, its peers, and a link for each way that packets are known to take. Of links
 * between others it knows only that a router carries what is relayed through it; nothing else is drawn.
 */
import type { Endpoint } from '../../core/values/endpoint.js';
import type { PublicKey } from '../../core/values/key.js';
import type { PathKind, PeerView } from '../../core/views.js';
import type { PeersReport } from '../render/peers.js';
import { labelOf } from '../render/names.js';

export interface GraphReport {
  readonly interface: string;
  /** This machine first, then routers, then the other peers. */
  readonly nodes: readonly GraphNode[];
  readonly links: readonly GraphLink[];
}

export interface GraphNode {
  readonly publicKey: PublicKey;
  readonly name?: string;
  readonly kind: 'self' | 'router' | 'peer';
}

export interface GraphLink {
  /** This machine, or the router that carries what goes to the peer. */
  readonly from: PublicKey;
  readonly to: PublicKey;
  readonly path: PathKind;
  /** Between this machine and the peer. */
  readonly rttMs?: number;
  /** Where packets to a direct peer go. */
  readonly endpoint?: Endpoint;
}

/** A node with the link that leads to it, and what it carries. */
export interface Branch {
  readonly node: GraphNode;
  /** What it is called, safe to print. */
  readonly label: string;
  /** Absent for this machine. */
  readonly link?: GraphLink;
  readonly branches: readonly Branch[];
}

const ORDER: readonly PathKind[] = ['direct', 'connecting', 'relayed', 'plain', 'offline'];

export function graphOf({ interface: name, self, peers }: PeersReport): GraphReport {
  const sorted = peers.toSorted(compare);
  const routers = new Set(sorted.filter(({ router }) => router).map(({ publicKey }) => publicKey));
  const nodes = sorted.map(({ publicKey, name: called }): GraphNode => ({
    publicKey,
    ...(called !== undefined && { name: called }),
    kind: routers.has(publicKey) ? 'router' : 'peer',
  }));
  const links = sorted.map(({ publicKey, path, via, rttMs, endpoint }): GraphLink => ({
    from: via !== undefined && routers.has(via) ? via : self.publicKey,
    to: publicKey,
    path,
    ...(rttMs !== undefined && { rttMs }),
    ...(path === 'direct' && endpoint !== undefined && { endpoint }),
  }));
  return { interface: name, nodes: [{ publicKey: self.publicKey, kind: 'self' }, ...nodes], links };
}

/** The same as a tree: each peer hangs on the one link that leads to it. */
export function treeOf({ nodes, links }: GraphReport): Branch {
  const nodeAt = new Map(nodes.map((node) => [node.publicKey, node]));
  const linksFrom = new Map<PublicKey, GraphLink[]>();
  for (const link of links) linksFrom.set(link.from, [...(linksFrom.get(link.from) ?? []), link]);
  const branchOf = (node: GraphNode, link: GraphLink | undefined): Branch => ({
    node,
    label: node.kind === 'self' ? 'this machine' : labelOf(node.publicKey, node.name),
    ...(link !== undefined && { link }),
    branches: (linksFrom.get(node.publicKey) ?? []).flatMap((each) => {
      const to = nodeAt.get(each.to);
      return to === undefined ? [] : [branchOf(to, each)];
    }),
  });
  const [self] = nodes;
  if (self === undefined) throw new Error('bug: a graph has this machine in it');
  return branchOf(self, undefined);
}

function compare(left: PeerView, right: PeerView): number {
  const rank = ({ router, path }: PeerView): number => (router ? -1 : ORDER.indexOf(path));
  const called = ({ publicKey, name }: PeerView): string => `${name ?? ''} ${publicKey}`;
  return rank(left) - rank(right) || (called(left) < called(right) ? -1 : 1);
}
