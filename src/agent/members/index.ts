/** Who is a member of the star: `invite` and `remove`, on the hub. */
import { run } from '../programs.js';

export { onlyInterface } from '../doctor/reading.js';
export { invite } from './invite.js';
export { remove } from './remove.js';

/** Throws `UserError('tool-missing')`: to be asked before anything is changed. */
export async function checkQrEncoder(): Promise<void> {
  await run('qrencode', ['--version']);
}

/**
 * A QR code of the text, in lines of half blocks for a terminal, the last without its end; with colours of its own, or
 * those of the terminal.
 */
export async function qrCode(text: string, coloured: boolean): Promise<string> {
  // A margin of two modules: four are asked for, but all readers do with two, and 80 columns do not do with more.
  const code = await run('qrencode', ['--type', coloured ? 'ANSIUTF8' : 'UTF8', '--margin', '2'], { input: text });
  return code.replace(/\n$/, '');
}
