/** The text of `wirelink up --dry-run`: what a start would change, step by step. */
import type { PublicKey } from '../../core/values/key.js';
import type { DryRunView, PlannedChange } from '../../core/views.js';
import { labelOf } from './names.js';
import type { Screen } from './screen.js';
import { wrap } from './text.js';
import { renderWarnings } from './warnings.js';

export function renderDryRun(plan: DryRunView, screen: Screen): string {
  const { interface: name, changes, addsLinkLocal, linkLocal, adopted } = plan;
  const names = new Map(changes.map((change) => [change.publicKey, change.name]));
  const listed = (keys: readonly PublicKey[]): string => keys.map((key) => labelOf(key, names.get(key))).join(', ');
  const connect = typeof plan.connect === 'string' ? plan.connect : listed(plan.connect);
  const steps = [
    ...(addsLinkLocal ? [`give ${name} the address ${linkLocal}/64`] : []),
    ...changes.map((change) => stepText(change)),
    ...(adopted.length > 0 ? [`take over what an agent before it has added: ${listed(adopted)}`] : []),
  ];
  const parts = [
    renderWarnings(warningsOf(plan), screen),
    steps.length === 0 ? `${name}: a start would change nothing at once.` : `${name}: a start would`,
    ...steps.map((step) => wrap(step, screen.width, '  - ')),
    wrap(listed(plan.routers) || 'none', screen.width, 'routers     '),
    wrap(plan.candidates.join(', ') || 'none', screen.width, 'candidates  '),
    wrap(`port ${plan.port} of ${linkLocal}, connect: ${connect}`, screen.width, 'agent       '),
    wrap('Peers that other agents tell of come later. Nothing was changed, nobody was contacted.', screen.width),
  ];
  return parts.filter((part) => part !== '').join('\n');
}

const warningsOf = ({ interface: name, running, warnings }: DryRunView): readonly { readonly text: string }[] => [
  ...(running ? [{ text: `an agent for ${name} runs already, so that no other can start` }] : []),
  ...warnings.map((text) => ({ text })),
];

function stepText({ publicKey, name, what, adds, removes, endpoint, keepalive }: PlannedChange): string {
  const peer = labelOf(publicKey, name);
  if (what === 'remove') return `remove the peer ${peer}`;
  const differences = [
    adds.length > 0 ? `the allowed IPs ${adds.join(', ')} more` : '',
    removes.length > 0 ? `the allowed IPs ${removes.join(', ')} less` : '',
    endpoint === undefined ? '' : `the endpoint ${endpoint}`,
    keepalive === undefined ? '' : `a keepalive of ${keepalive} s`,
  ].filter((text) => text !== '');
  return `${what === 'add' ? 'add the peer' : 'give the peer'} ${peer} ${differences.join(', ')}`.trimEnd();
}
