/**
 * One process of the agent on a simulated machine, from its start to its end: hands events to the engine and carries
 * out its actions in their order, each taking about as long as on a real machine. Decides nothing.
 */
import type { EngineContract } from '../../core/contract.js';
import type { Action, Event } from '../../core/events.js';
import type { Notice } from '../../core/notices.js';
import { instant, type Instant } from '../../core/values/time.js';
import type { Context } from '../context.js';
import type { Host } from '../host.js';
import { INITIAL_TTL, udpSize } from '../network/packet.js';
import { Timer } from '../scheduler.js';
import type { Implementation } from '../wireguard/device.js';
import type { Journal } from './journal.js';

export interface RunOptions {
  readonly engine: EngineContract;
  readonly host: Host;
  readonly context: Context;
  readonly port: number;
  readonly journal: Journal;
  /** Hands each `wake` in twice where nothing more is due, and takes it for a fault when the second one does anything. */
  readonly wakeTwice: boolean;
  readonly onNotice: (notice: Notice) => void;
  readonly onFinished: () => void;
}

/** What the steps take on a machine that is not busy: a change and a read by socket or, of the module, by `wg`. */
const CONFIGURE_MS = { userspace: 1, module: 4 } as const;
const READ_MS = { userspace: 0.5, module: 3 } as const;
/** By `ip route get`. */
const ROUTES_MS = 3;
/** From a change of the machine's addresses to its having been read again. */
const ADDRESSES_MS = 10;
/** More than adding and taking away a clock's offset can lose in rounding. */
const CLOCK_STEP_MS = 1e-6;
/** More wakes than this without time moving on are a loop. */
const WAKES_AT_ONCE = 10;

export class AgentRun {
  readonly #options: RunOptions;
  readonly #wake: Timer;
  /** Actions that wait for an earlier one to be done. */
  readonly #waiting: Action[] = [];
  #busy = false;
  #configuring = false;
  #ended = false;
  #lastConfigured = 0;
  #wakes = { at: -1, count: 0 };
  #woken = 0;

  constructor(options: RunOptions) {
    this.#options = options;
    this.#wake = new Timer(options.context.scheduler, () => {
      this.#whenAlive(() => {
        this.#wakeUp();
      });
    });
  }

  get engine(): EngineContract {
    return this.#options.engine;
  }

  /** How often the engine was woken. */
  get wakes(): number {
    return this.#woken;
  }

  get #implementation(): Implementation {
    return this.#options.host.device.options.implementation;
  }

  begin(): void {
    const { host } = this.#options;
    host.listen('agent', ({ from, payload }) => {
      if (payload.kind === 'agent') this.handle({ type: 'datagram', from, bytes: payload.bytes });
    });
    host.onAddresses = () => {
      this.#later(ADDRESSES_MS, () => {
        this.handle({ type: 'host', host: host.snapshot() });
      });
    };
    this.#later(READ_MS[this.#implementation], () => {
      this.handle({ type: 'host', host: host.snapshot() });
      this.#readDevice();
    });
  }

  /** Nothing happens in this process any more; the machine stays as it is. */
  end(): void {
    const { host } = this.#options;
    this.#ended = true;
    this.#wake.cancel();
    host.listen('agent', undefined);
    host.onAddresses = undefined;
  }

  /** On a machine that sleeps: when it is awake again. */
  handle(event: Event): void {
    this.#whenAlive(() => {
      this.#take(event);
    });
  }

  /** Somebody says that the interface is another than before. */
  look(): void {
    this.#whenAlive(() => {
      this.#perform([{ type: 'read-device' }]);
    });
  }

  #take(event: Event): void {
    const { engine, host, context } = this.#options;
    const now = this.#now();
    this.#perform(engine.handle(event, now));
    // What is due now is done by the next wake; where nothing is, a second one has nothing to add.
    if (event.type === 'wake' && this.#options.wakeTwice && (engine.wakeAt()?.at ?? Infinity) > now) {
      const again = engine.handle(event, now);
      if (again.length > 0) context.trace.fault(host.name, `a second wake adds ${JSON.stringify(again[0])}`);
      this.#perform(again);
    }
    this.#armWake();
  }

  #perform(actions: readonly Action[]): void {
    for (const action of actions) {
      if (action.type === 'notice') this.#options.onNotice(action.notice);
      else if (action.type === 'ask-routes') {
        this.#later(ROUTES_MS, () => {
          const routes = action.addresses.map((address) => this.#options.host.route(address));
          this.handle({ type: 'routes', routes });
        });
      } else {
        if (action.type === 'configure') this.#checkOneConfigure();
        this.#waiting.push(action);
      }
    }
    this.#work();
  }

  #checkOneConfigure(): void {
    const { context, host } = this.#options;
    if (this.#configuring) context.trace.fault(host.name, 'two configures are under way');
    this.#configuring = true;
  }

  #work(): void {
    while (!this.#busy && !this.#ended) {
      const action = this.#waiting.shift();
      if (action === undefined) return;
      switch (action.type) {
        case 'send':
          this.#send(action);
          break;
        case 'configure':
          this.#busy = true;
          this.#configure(action, 0);
          break;
        case 'read-device':
          this.#readDevice();
          break;
        case 'finished':
          this.#options.onFinished();
          break;
        case 'notice':
        case 'ask-routes':
          throw new Error('bug: this action does not wait');
      }
    }
  }

  #send({ to, bytes }: Extract<Action, { type: 'send' }>): void {
    const { host, port } = this.#options;
    const payload = { kind: 'agent', bytes } as const;
    host.send({
      to,
      fromPort: port,
      toPort: port,
      ttl: INITIAL_TTL,
      size: udpSize(to, bytes.length),
      depth: 0,
      payload,
    });
  }

  /** Applies the changes from `next` on, one after the other, then reads the device. */
  #configure(action: Extract<Action, { type: 'configure' }>, next: number): void {
    const change = action.changes[next];
    if (change === undefined) {
      this.#lastConfigured = action.id;
      this.#readDevice();
      return;
    }
    this.#later(CONFIGURE_MS[this.#implementation], () => {
      const { host, journal, context } = this.#options;
      journal.note(change, host.device);
      context.trace.note(host.name, () => `configure ${JSON.stringify(change)}`);
      const refused = host.device.configure(change);
      if (refused === undefined) {
        this.#configure(action, next + 1);
        return;
      }
      this.handle({ type: 'configure-failed', id: action.id, reason: refused });
      this.#configure(action, action.changes.length);
    });
  }

  #readDevice(): void {
    this.#busy = true;
    const begun = this.#now();
    this.#later(READ_MS[this.#implementation], () => {
      const { host } = this.#options;
      this.#busy = false;
      // A configure that waits behind this read is still under way.
      this.#configuring = this.#waiting.some(({ type }) => type === 'configure');
      const device = host.device.snapshot((at) => at + host.monotonicOffset);
      this.handle({ type: 'device', device, begun, after: this.#lastConfigured });
      this.#work();
    });
  }

  /** What the machine's monotonic clock shows. */
  #now(): Instant {
    const { host, context } = this.#options;
    return instant(context.scheduler.now + host.monotonicOffset);
  }

  #armWake(): void {
    const { engine, host, context } = this.#options;
    const wake = engine.wakeAt();
    if (wake === undefined || this.#ended) {
      this.#wake.cancel();
      return;
    }
    const { now } = context.scheduler;
    const due = this.#worldTime(wake.at);
    if (due > now) {
      this.#wake.arm(due);
      return;
    }
    if (this.#wakes.at !== now) this.#wakes = { at: now, count: 0 };
    this.#wakes.count++;
    const looping = this.#wakes.count > WAKES_AT_ONCE;
    if (looping) context.trace.fault(host.name, `wake loop: ${wake.why}`);
    this.#wake.arm(looping ? now + 1 : now);
  }

  #wakeUp(): void {
    const wake = this.#options.engine.wakeAt();
    // The clock stood still while the machine slept: the time may not have come yet.
    if (wake === undefined || this.#worldTime(wake.at) > this.#options.context.scheduler.now) this.#armWake();
    else {
      this.#woken++;
      this.handle({ type: 'wake' });
    }
  }

  /** The first moment of the world's time at which this machine's clock, rounding included, shows that instant. */
  #worldTime(at: Instant): number {
    const { monotonicOffset } = this.#options.host;
    const time = at - monotonicOffset;
    return time + monotonicOffset < at ? time + CLOCK_STEP_MS : time;
  }

  #later(delay: number, run: () => void): void {
    this.#options.context.scheduler.after(delay, () => {
      this.#whenAlive(run);
    });
  }

  #whenAlive(run: () => void): void {
    this.#options.host.whenAwake(() => {
      if (!this.#ended) run();
    });
  }
}
