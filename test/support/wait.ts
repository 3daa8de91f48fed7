/** Waits for what a test cannot be told of. */
import { setTimeout as pause } from 'node:timers/promises';

/** Asks again every few milliseconds until there is an answer; an error after ten seconds. */
export async function until<Answer>(what: string, ask: () => Answer | undefined | Promise<Answer | undefined>) {
  const deadline = performance.now() + 10_000;
  while (performance.now() < deadline) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await pause(10);
  }
  throw new Error(`waited ten seconds for ${what}`);
}
