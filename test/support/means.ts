/** Says at the start of a run on real WireGuard which one it is, and refuses a run on another than was asked for. */
import { describeMeans, means } from '../../lab/means.js';

export function setup(): void {
  process.stdout.write(`${describeMeans(means())}\n`);
}
