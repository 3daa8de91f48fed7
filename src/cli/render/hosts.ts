/** What `wirelink hosts` says beside the block: what it left out and why, and what became of a file. */
import type { HostsView } from '../../core/views.js';
import { labelOf } from './names.js';
import type { Screen } from './screen.js';
import { wrap } from './text.js';

/** Empty when nothing was left out. */
export const renderLeftOut = ({ leftOut }: HostsView, { width, paint }: Screen): string =>
  leftOut
    .map(({ publicKey, name, reason }) =>
      paint.yellow(wrap(`${labelOf(publicKey, name)}: ${reason}`, width, 'left out: ')),
    )
    .join('\n');

export function renderApplied({ hosts, file, changed }: HostsView): string {
  const names = hosts.length === 1 ? '1 line' : `${hosts.length} lines`;
  return `${file}: ${changed === true ? 'written' : 'unchanged'}, ${names} of wirelink.`;
}
