/** Who is a member of the star: `invite` and `remove`, on the hub. */
import { run } from '../programs.js';

export { onlyInterface } from '../doctor/reading.js';
export { invite } from './invite.js';
export { remove } from './remove.js';

/** Throws `UserError('tool-missing')`: to be asked before anything is changed. */
export async function checkQrEncoder(): Promise<void> {
  await run('qrencode', ['--version']);
}

/** A QR code of the text, in lines of half blocks for a terminal; with its own colours, or in those of the terminal. */
export const qrCode = (text: string, coloured: boolean): Promise<string> =>
  // A margin of two modules: four are asked for, but all readers do with two, and 80 columns do not do with more.
  run('qrencode', ['--type', coloured ? 'ANSIUTF8' : 'UTF8', '--margin', '2'], { input: text });
