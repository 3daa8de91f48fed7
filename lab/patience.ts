/** How much longer than on a machine of its own everything may take: one factor, from the environment, for all waits. */

/** An emulated machine (`npm run test:kernel`) sets it; 1 where nobody does. Throws for what is no factor. */
export const PATIENCE = factorIn(process.env['WIRELINK_LAB_PATIENCE']);

/** A time in milliseconds that somebody may wait, for the machine that this is. */
export const patient = (ms: number): number => ms * PATIENCE;

function factorIn(text = '1'): number {
  const factor = Number(text);
  if (factor >= 1) return factor;
  throw new Error(`WIRELINK_LAB_PATIENCE must be a number of at least 1, not "${text}".`);
}
