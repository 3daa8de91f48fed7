/** Tests with chance in them: another seed each time, told when the test fails, and given back by WIRELINK_SEED. */
import { Random } from '../../../src/core/random.js';

export function seeded(run: (random: Random) => void): void {
  const given = Number(process.env['WIRELINK_SEED']);
  const seed = Number.isInteger(given) && given > 0 ? given : Date.now() % 2 ** 32;
  try {
    run(new Random(seed));
  } catch (error) {
    throw new Error(`again with WIRELINK_SEED=${seed}`, { cause: error });
  }
}

/** A whole number from 0 to below `limit`. */
export const below = (random: Random, limit: number): number => Math.floor(random.unit() * limit);

export const oneOf = <Value>(random: Random, values: readonly Value[]): Value => {
  const value = values[below(random, values.length)];
  if (value === undefined) throw new Error('nothing to choose from');
  return value;
};

export const randomBytes = (random: Random, length: number): Uint8Array =>
  Uint8Array.from({ length }, () => below(random, 256));

/** The bytes with a few of them changed, cut off, put in or repeated. */
export function mutated(bytes: Uint8Array, random: Random): Uint8Array {
  let mutant = [...bytes];
  for (let changes = 1 + below(random, 4); changes > 0; changes--) {
    const at = below(random, mutant.length + 1);
    switch (below(random, 4)) {
      case 0:
        mutant[Math.min(at, mutant.length - 1)] = below(random, 256);
        break;
      case 1:
        mutant = mutant.slice(0, at);
        break;
      case 2:
        mutant.splice(at, 0, ...randomBytes(random, below(random, 8)));
        break;
      case 3:
        mutant.push(...mutant.slice(at, at + 40));
        break;
    }
  }
  return Uint8Array.from(mutant);
}
