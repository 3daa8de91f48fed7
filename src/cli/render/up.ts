/** The text of `wirelink up`: that the agent is ready, or what undoing an earlier one's changes came to. */
import type { CheckedView, ReadyView, RestoredView } from '../../core/views.js';
import { renderWarnings } from './warnings.js';
import type { Screen } from './screen.js';

/** In one line, however wide the screen: programs wait for it. */
export const renderReady = ({ interface: name, linkLocal, port, peers }: ReadyView): string =>
  `${name}: ready. Link-local ${linkLocal}, port ${port}, ${peers} ${peers === 1 ? 'peer' : 'peers'}`;

export function renderRestored({ interface: name, outcome, warnings }: RestoredView, screen: Screen): string {
  const told = warnings.map((text) => ({ text }));
  return [renderWarnings(told, screen), `${name}: ${OUTCOMES[outcome]}`].filter((part) => part !== '').join('\n');
}

const OUTCOMES: Readonly<Record<RestoredView['outcome'], string>> = {
  restored: 'put back as it was before the agent.',
  'nothing-to-do': 'nothing to undo.',
  'interface-gone': 'there is no such interface any more, so nothing to undo.',
};

export function renderChecked({ file, found }: CheckedView): string {
  return `${file}: ${found ? 'no mistakes.' : 'there is no such file, and none is needed.'}`;
}
