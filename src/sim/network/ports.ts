/** Which outside port a NAT gives a new mapping (RFC 4787, section 4.2). */
import type { Random } from '../random.js';

export type PortAllocation =
  /** The inner port itself; where that is taken, another at random. */
  | 'preserved'
  /** One more than the last. */
  | 'sequential'
  | 'random'
  /** At random within the block of 512 that a carrier's NAT gives each inner host (RFC 7422). */
  | 'blocks';

interface Wish {
  readonly inner: number;
  /** The inner host's address. */
  readonly host: string;
  readonly last: number;
}

const LOWEST = 1024;
const HIGHEST = 65535;
const BLOCK = 512;
/** A NAT so full that this many draws all hit a taken port counts as having none left. */
const DRAWS = 64;

export function choosePort(
  allocation: PortAllocation,
  wish: Wish,
  free: (port: number) => boolean,
  random: Random,
): number | undefined {
  switch (allocation) {
    case 'preserved':
      return free(wish.inner) ? wish.inner : draw(LOWEST, HIGHEST, free, random);
    case 'sequential':
      return next(wish.last, free);
    case 'random':
      return draw(LOWEST, HIGHEST, free, random);
    case 'blocks': {
      const first = LOWEST + BLOCK * (hash(wish.host) % Math.floor((HIGHEST - LOWEST) / BLOCK));
      return draw(first, first + BLOCK - 1, free, random);
    }
  }
}

function draw(low: number, high: number, free: (port: number) => boolean, random: Random): number | undefined {
  for (let tries = 0; tries < DRAWS; tries++) {
    const port = random.between(low, high);
    if (free(port)) return port;
  }
  return undefined;
}

function next(last: number, free: (port: number) => boolean): number | undefined {
  for (let step = 1; step <= HIGHEST - LOWEST; step++) {
    const port = LOWEST + ((Math.max(last, LOWEST - 1) - LOWEST + step) % (HIGHEST - LOWEST + 1));
    if (free(port)) return port;
  }
  return undefined;
}

function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return value;
}
