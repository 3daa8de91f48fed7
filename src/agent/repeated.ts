/** Work that is asked for more often than it can be done: one run at a time, and what asks during a run gets one more. */
export class Repeated {
  readonly #work: () => Promise<void>;
  #asked = false;
  #running: Promise<void> | undefined;

  /** `work` must not reject. */
  constructor(work: () => Promise<void>) {
    this.#work = work;
  }

  request(): void {
    this.#asked = true;
    this.#running ??= this.#run();
  }

  /** No run follows but the present one; resolves at its end. */
  async close(): Promise<void> {
    this.#asked = false;
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#asked) {
      this.#asked = false;
      await this.#work();
    }
    this.#running = undefined;
  }
}
