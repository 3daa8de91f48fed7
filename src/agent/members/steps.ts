/** Several changes of which either all are made or none: what is done already is taken back when a later one fails. */
export interface Step {
  readonly make: () => Promise<void> | void;
  readonly takeBack: () => Promise<void> | void;
}

/** Throws what the failing step throws. Taking back goes on when a part of it fails, and then that is lost on nobody. */
export async function makeAll(steps: readonly Step[]): Promise<void> {
  const made: Step[] = [];
  try {
    for (const step of steps) {
      await step.make();
      made.push(step);
    }
  } catch (error) {
    const failures = (await Promise.allSettled(made.toReversed().map(async (step) => step.takeBack()))).flatMap(
      (outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []),
    );
    if (failures.length === 0) throw error;
    throw new AggregateError([error, ...failures], `a change failed, and so did taking it back: ${String(error)}`);
  }
}
