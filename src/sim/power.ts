/** Machines that are off, and which of them start an agent when they come up again. */
import type { SimAgent } from './agent/agent.js';
import type { Host } from './host.js';
import type { Scheduler } from './scheduler.js';

export class Power {
  readonly #scheduler: Scheduler;
  readonly #off = new Map<string, boolean>();

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** Off now and on again: the agent is started again if it ran. `booted` gives the interface what its user wants. */
  cycle(host: Host, agent: SimAgent, offMs: number, booted: () => void): void {
    this.#off.set(host.name, agent.running);
    agent.powerOff();
    host.sleep();
    this.#scheduler.after(offMs, () => {
      const starts = this.#off.get(host.name) === true;
      this.#off.delete(host.name);
      host.boot();
      booted();
      if (starts) agent.start();
    });
  }

  /** Whether the machine is off; then its agent will run, or not, once it is on again. */
  takes(name: string, runs: boolean): boolean {
    if (!this.#off.has(name)) return false;
    this.#off.set(name, runs);
    return true;
  }
}
