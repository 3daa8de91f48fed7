/** What the interface's own configuration, as wg-quick reads it, would do to the peers that we add. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cause } from '../core/views.js';

/** Where wg-quick looks for the configuration of an interface. */
export const quickFile = (interfaceName: string, folder = '/etc/wireguard'): string =>
  join(folder, `${interfaceName}.conf`);

/** A warning when wg-quick is to write what is on the interface back into its file; nothing when it is not, or has none. */
export function saveConfigWarning(interfaceName: string, folder?: string): Cause | undefined {
  const file = quickFile(interfaceName, folder);
  if (!savesConfig(textOf(file))) return undefined;
  return {
    code: 'save-config',
    text:
      `${file} has SaveConfig = true: wg-quick would save the peers that wirelink adds. ` +
      'Set it to false, or stop wirelink before wg-quick takes the interface down or saves it.',
  };
}

/** As wg-quick reads it: keys and sections in any case, comments from "#" on, the last one counts. */
export function savesConfig(text: string): boolean {
  let inInterface = false;
  let saves = false;
  for (const line of text.split('\n').map((each) => each.replace(/#.*/, '').trim())) {
    if (line.startsWith('[')) inInterface = line.toLowerCase() === '[interface]';
    const [, value] = /^saveconfig\s*=\s*(\S+)$/i.exec(line) ?? [];
    if (inInterface && value !== undefined) saves = value.toLowerCase() === 'true';
  }
  return saves;
}

/** Empty where there is none, or none that we may read: it is not our file. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
