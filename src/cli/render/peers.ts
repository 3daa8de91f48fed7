/** The text of `wirelink peers`: the table, and below it for every peer that is not direct, why. */
import type { ControlApi } from '../../core/control-api.js';
import type { PathKind, PeerView } from '../../core/views.js';
import { labelOf, labelsOf, type Labels } from './names.js';
import { paintPath, PATH_WORDS } from './path.js';
import type { Screen } from './screen.js';
import { markColumn, naturalWidth, renderTable, type Column } from './table.js';
import { age, bytes, columnsOf, duration, wrap } from './text.js';
import { renderWarnings } from './warnings.js';

export type PeersReport = ControlApi['peers']['result'] & { readonly interface: string };

/** `marked` are the keys of peers to point out; without it there is no column for that. */
export function renderPeers(report: PeersReport, screen: Screen, marked?: ReadonlySet<string>): string {
  const { peers, self } = report;
  const labels = labelsOf(peers, self.publicKey);
  const parts = [
    headline(report),
    renderWarnings(self.warnings, screen),
    peers.length === 0 ? '' : renderPeerTable(peers, labels, screen, marked),
    renderCauses(peers, screen),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function headline({ interface: name, peers }: PeersReport): string {
  if (peers.length === 0) return `${name}: no peers.`;
  const kinds: readonly PathKind[] = ['direct', 'connecting', 'relayed', 'offline', 'plain'];
  const counts = kinds
    .map((kind) => ({ kind, count: peers.filter(({ path }) => path === kind).length }))
    .filter(({ count }) => count > 0)
    .map(({ kind, count }) => `${count} ${PATH_WORDS[kind]}`);
  return `${name}: ${peers.length === 1 ? '1 peer' : `${peers.length} peers`}: ${counts.join(', ')}`;
}

function renderPeerTable(
  peers: readonly PeerView[],
  labels: Labels,
  screen: Screen,
  marked: ReadonlySet<string> | undefined,
): string {
  const narrow: readonly Column<PeerView>[] = [
    ...markColumn<PeerView>(marked, ({ publicKey }) => publicKey, screen),
    {
      head: 'PEER',
      cell: (peer) => labelOf(peer.publicKey, peer.name),
      paint: (line) => screen.paint.bold(line),
      flexible: true,
    },
    {
      head: 'PATH',
      cell: (peer) => pathText(peer, labels),
      paint: (line, { path }) => paintPath(path, line, screen),
      flexible: true,
    },
    { head: 'ENDPOINT', cell: ({ endpoint }) => endpoint ?? '-', flexible: true },
    { head: 'RTT', cell: ({ rttMs }) => (rttMs === undefined ? '-' : duration(rttMs)) },
    { head: 'CONTACT', cell: ({ lastContactMs }) => (lastContactMs === undefined ? '-' : age(lastContactMs)) },
  ];
  const wide: readonly Column<PeerView>[] = [
    ...narrow,
    { head: 'RECEIVED', cell: ({ rxBytes }) => (rxBytes === undefined ? '-' : bytes(rxBytes)) },
    { head: 'SENT', cell: ({ txBytes }) => (txBytes === undefined ? '-' : bytes(txBytes)) },
    { head: 'ALLOWED IPS', cell: ({ allowedIps }) => (allowedIps.length === 0 ? '-' : allowedIps) },
  ];
  if (naturalWidth(peers, wide) <= screen.width) return renderTable(peers, wide, screen);
  return renderTable(peers, narrow, screen, (peer) => screen.paint.dim(details(peer, screen.width - 2)));
}

function pathText({ path, via, router }: PeerView, labels: Labels): string {
  const carrier = via === undefined ? '' : ` via ${labels(via)}`;
  switch (path) {
    case 'direct':
      return router ? 'direct, router' : 'direct';
    case 'relayed':
      return `relayed${carrier}`;
    case 'connecting':
      return `connecting${carrier}`;
    case 'offline':
    case 'plain':
      return PATH_WORDS[path];
  }
}

/** What a narrow table has no columns for. */
function details({ allowedIps, rxBytes, txBytes }: PeerView, columns: number): string {
  const prefixes = allowedIps.length === 0 ? 'no allowed IPs' : allowedIps.join(', ');
  const traffic = [
    rxBytes === undefined ? '' : `received ${bytes(rxBytes)}`,
    txBytes === undefined ? '' : `sent ${bytes(txBytes)}`,
  ].filter((text) => text !== '');
  return wrap([prefixes, ...traffic].join('; '), columns);
}

function renderCauses(peers: readonly PeerView[], screen: Screen): string {
  const unlike = peers.filter(({ path, cause }) => path !== 'direct' && cause !== undefined);
  if (unlike.length === 0) return '';
  const lead = Math.max(...unlike.map((peer) => columnsOf(labelOf(peer.publicKey, peer.name)))) + 2;
  const lines = unlike.map((peer) => {
    const retry = peer.retryInMs === undefined ? '' : ` Next attempt in ${age(peer.retryInMs)}.`;
    const label = labelOf(peer.publicKey, peer.name);
    const padding = ' '.repeat(lead - columnsOf(label));
    return wrap(`${peer.cause?.text ?? ''}${retry}`, screen.width, `  ${label}${padding}`);
  });
  return [screen.paint.dim('WHY NOT DIRECT'), ...lines].join('\n');
}
