/** What `wirelink invite` says beside the configuration, and the text of `wirelink remove`. */
import { shortKey } from '../../core/values/key.js';
import type { InvitedView, RemovedView } from '../../core/views.js';
import type { Screen } from './screen.js';
import { wrap } from './text.js';
import { renderWarnings } from './warnings.js';

export function renderInvited(invited: InvitedView, screen: Screen): string {
  const { interface: interfaceName, name, publicKey, allowedIps, namedIn, savedTo, missingIn, agent, unread } = invited;
  const files = [savedTo, namedIn].filter((file) => file !== undefined).join(' and ');
  const told = agent ? ' The agent here tells the others.' : '';
  const text = `${name} (${shortKey(publicKey)}) is on ${interfaceName} now, with ${allowedIps.join(', ')}. Written to ${files}.${told}`;
  const warnings = [
    missingIn === undefined
      ? []
      : `it is not in ${missingIn}, and gone once the interface is made anew; --save writes it there`,
    unread === undefined ? [] : `the agent does not know the name: ${unread}`,
    agent ? [] : withoutAgent(interfaceName),
  ].flat();
  return [wrap(text, screen.width), ...shown(warnings, screen)].join('\n');
}

export function renderRemoved(removed: RemovedView, screen: Screen): string {
  const { interface: interfaceName, publicKey, name, files, stillIn, agent, unread } = removed;
  const label = name === undefined ? publicKey : `${name} (${shortKey(publicKey)})`;
  const told = agent ? ' The agent here tells the others.' : '';
  const text = `${label} is removed from ${[interfaceName, ...files].join(' and ')}.${told}`;
  const warnings = [
    stillIn === undefined
      ? []
      : `it is still in ${stillIn}, and back once the interface is made anew; --save takes it out`,
    unread === undefined ? [] : `the agent goes by its old configuration: ${unread}`,
    agent ? [] : withoutAgent(interfaceName),
  ].flat();
  return [wrap(text, screen.width), ...shown(warnings, screen)].join('\n');
}

const withoutAgent = (interfaceName: string): string =>
  `no agent runs here, so no other machine hears of it: wirelink up ${interfaceName}`;

function shown(warnings: readonly string[], screen: Screen): readonly string[] {
  const text = renderWarnings(
    warnings.map((each) => ({ text: each })),
    screen,
  );
  return text === '' ? [] : [text];
}
