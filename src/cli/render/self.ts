/** The text of `wirelink probe` without a peer: how this machine looks from outside, and what that says of its NAT. */
import type { StatusResult } from '../../core/control-api.js';
import type { NatView, SelfView } from '../../core/views.js';
import { labelOf } from './names.js';
import type { Screen } from './screen.js';
import { renderTable } from './table.js';
import { age, wrap } from './text.js';
import { renderWarnings } from './warnings.js';

export function renderSelf(status: StatusResult, screen: Screen): string {
  const { self } = status;
  const parts = [
    wrap(`${status.interface}: this machine, ${self.publicKey}`, screen.width),
    renderWarnings(self.warnings, screen),
    renderObserved(self, screen),
    [
      wrap(natText(self.nat), screen.width, 'NAT         '),
      wrap(self.candidates.join(', ') || 'none', screen.width, 'candidates  '),
      wrap(`port ${self.listenPort}`, screen.width, 'WireGuard   '),
      wrap(`[${self.linkLocal}]:${self.port}, running for ${age(status.uptimeMs)}`, screen.width, 'agent       '),
    ].join('\n'),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function renderObserved({ observed }: SelfView, screen: Screen): string {
  if (observed.length === 0) return 'No peer has told yet at which endpoint it sees this machine.';
  return renderTable(
    observed,
    [
      { head: 'SEEN BY', cell: ({ by, byName }) => labelOf(by, byName) },
      { head: 'AS', cell: ({ endpoint }) => endpoint, flexible: true },
    ],
    screen,
  );
}

/** One observer alone cannot tell how a NAT treats others: then the verdict is a guess and says so. */
function natText({ verdict, certain, text }: NatView): string {
  const guess = !certain && verdict !== 'unknown' && !/\bprobably\b/i.test(text);
  return guess ? `probably: ${text}` : text;
}
