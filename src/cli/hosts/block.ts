/** The part of a hosts file that is wirelink's: marked, one for each interface, all else left as it is. Text to text. */
import type { HostEntry } from '../../core/views.js';

export function blockOf(interfaceName: string, hosts: readonly HostEntry[]): string {
  const width = Math.max(...hosts.map(({ address }) => address.length));
  const lines = hosts.map(({ address, name }) => `${address.padEnd(width)}  ${name}\n`);
  return `${beginning(interfaceName)}\n${lines.join('')}${end(interfaceName)}\n`;
}

/** With the block in the place of the one that is there, else at the end; `undefined` takes it out. */
export function withBlock(text: string, interfaceName: string, block: string | undefined): string {
  const lines = text.split('\n');
  const from = lines.indexOf(beginning(interfaceName));
  const to = lines.indexOf(end(interfaceName), from);
  if (from < 0 || to < 0) {
    if (block === undefined) return text;
    return `${text === '' || text.endsWith('\n') ? text : `${text}\n`}${block}`;
  }
  const [before, after] = [lines.slice(0, from), lines.slice(to + 1)];
  return [...before, ...(block?.trimEnd().split('\n') ?? []), ...after].join('\n');
}

const beginning = (interfaceName: string): string =>
  `# BEGIN wirelink ${interfaceName}, written by: wirelink hosts --apply`;
const end = (interfaceName: string): string => `# END wirelink ${interfaceName}`;
