/** Taking turns: what scenes that run side by side must not do at the same moment. */

export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Does the work when all work that was given before is done, whatever came of it. */
  take<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
