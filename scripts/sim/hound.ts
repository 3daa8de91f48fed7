/** One process of a hunt: runs the worlds it is told of, one after the other, until nobody tells it more. */
import type { Found } from './hunt.js';
import { run, type Choice } from './trial.js';

process.on('message', (choice: Choice) => {
  const found: Found = { choice, wrong: wrongIn(choice) };
  process.send?.(found);
});

/** An engine that throws is wrong too: it never must, whatever it is told. */
function wrongIn(choice: Choice): string | undefined {
  try {
    const [first] = run(choice).violations;
    return first && `at ${first.at.toFixed(0)} ms, ${first.checker}: ${first.what}`;
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}
