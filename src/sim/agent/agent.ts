/**
 * wirelink as it is installed on a simulated machine: processes that are started, stopped, killed and started again,
 * the journal they leave, and the guardian that takes a dead one's changes back.
 */
import type { DeviceSnapshot } from '../../core/device.js';
import type { EngineContract, EngineOptions } from '../../core/contract.js';
import type { Policy } from '../../core/policy.js';
import type { Notice } from '../../core/notices.js';
import type { Address } from '../../core/values/address.js';
import type { Endpoint } from '../../core/values/endpoint.js';
import { linkLocal, type PublicKey } from '../../core/values/key.js';
import { instant, type Instant } from '../../core/values/time.js';
import type { PeerView } from '../../core/views.js';
import type { Context } from '../context.js';
import type { Host } from '../host.js';
import { Journal } from './journal.js';
import { AgentRun } from './run.js';

export type EngineFactory = (options: EngineOptions) => EngineContract;

export interface AgentOptions {
  readonly createEngine: EngineFactory;
  readonly port: number;
  readonly policy: Policy;
  readonly wakeTwice: boolean;
  readonly keepNotices: boolean;
}

/** How long the guardian waits for a killed agent to be started again. */
const GUARDIAN_GRACE_MS = 3_000;
/** An engine that has not said goodbye by then is not waited for. */
const GOODBYE_MS = 300;

export interface ToldNotice {
  readonly at: number;
  readonly notice: Notice;
}

export class SimAgent {
  readonly notices: ToldNotice[] = [];
  /** The interface as it was before wirelink came, while wirelink's traces are on it. */
  before: DeviceSnapshot | undefined;
  readonly #host: Host;
  readonly #options: AgentOptions;
  readonly #context: Context;
  #journal: Journal | undefined;
  #run: AgentRun | undefined;
  #starts = 0;
  #endedAt: number | undefined;
  #wakes = 0;

  constructor(host: Host, options: AgentOptions, context: Context) {
    this.#host = host;
    this.#options = options;
    this.#context = context;
  }

  get running(): boolean {
    return this.#run !== undefined;
  }

  /** Since when no agent runs here, in ms of the world's time; `undefined` while one does, and before the first. */
  get endedAt(): number | undefined {
    return this.#endedAt;
  }

  /** How often the engines here wanted to be woken so far. */
  get wakes(): number {
    return this.#wakes + (this.#run?.wakes ?? 0);
  }

  get engine(): EngineContract | undefined {
    return this.#run?.engine;
  }

  /** The agent's clock. */
  get now(): Instant {
    return instant(this.#context.scheduler.now + this.#host.monotonicOffset);
  }

  peers(): readonly PeerView[] {
    return this.#run?.engine.peers(this.now) ?? [];
  }

  start(): void {
    if (this.#run !== undefined) return;
    const { device } = this.#host;
    const { createEngine, port, policy, wakeTwice } = this.#options;
    this.#starts++;
    this.#endedAt = undefined;
    const random = this.#context.random.fork(`agent ${this.#host.name}`);
    this.before ??= device.snapshot((at) => at);
    const journal = (this.#journal ??= new Journal());
    this.#host.addLinkLocal(linkLocal(device.options.publicKey));
    const engine = createEngine({
      bootId: random.bytes(16),
      seed: random.u32(),
      port,
      policy,
      warnings: [],
      adopted: journal.adopted(),
    });
    this.#run = new AgentRun({
      engine,
      host: this.#host,
      context: this.#context,
      port,
      journal,
      wakeTwice,
      onNotice: (notice) => {
        this.#told(notice);
      },
      onFinished: () => {
        this.#finish();
      },
    });
    this.#note('agent starts');
    this.#run.begin();
  }

  /** As SIGTERM: says goodbye, takes its changes back, ends. */
  stop(): void {
    const run = this.#run;
    if (run === undefined) return;
    this.#note('agent is told to stop');
    this.#context.scheduler.after(GOODBYE_MS, () => {
      if (this.#run === run) this.#finish();
    });
    run.handle({ type: 'stop' });
  }

  /** As SIGKILL: the interface stays as it is until the guardian's patience ends. */
  kill(): void {
    if (this.#run === undefined) return;
    this.#note('agent is killed');
    this.#end();
    const { scheduler } = this.#context;
    const starts = this.#starts;
    scheduler.after(GUARDIAN_GRACE_MS, () => {
      this.#host.whenAwake(() => {
        if (this.#starts === starts) this.#undo();
      });
    });
  }

  /** The power goes: process and journal are gone, and so is what was on the interface. */
  powerOff(): void {
    this.#end();
    this.#starts++;
    this.#journal = undefined;
    this.before = undefined;
  }

  /** As if a datagram had come through the tunnel from that address, whoever is there. */
  deliver(from: Address, bytes: Uint8Array): void {
    this.#run?.handle({ type: 'datagram', from, bytes });
  }

  connect(peer: PublicKey, endpoints: readonly Endpoint[] = []): void {
    this.#run?.handle({ type: 'connect', peer, endpoints });
  }

  /** As the agent does with the endpoints of its configuration. */
  give(peer: PublicKey, endpoints: readonly Endpoint[]): void {
    this.#run?.handle({ type: 'given', peer, endpoints });
  }

  /** As the agent does when it is told to read its configuration again. */
  decide(policy: Policy): void {
    this.#run?.handle({ type: 'policy', policy, warnings: [] });
    this.#run?.look();
  }

  probe(peer: PublicKey, id: number): void {
    this.#run?.handle({ type: 'probe', peer, id });
  }

  #finish(): void {
    this.#note('agent ends');
    this.#end();
    this.#undo();
  }

  #end(): void {
    this.#wakes = this.wakes;
    this.#run?.end();
    this.#run = undefined;
    this.#endedAt ??= this.#context.scheduler.now;
  }

  #undo(): void {
    const { device } = this.#host;
    this.#journal?.undo(device);
    this.#journal = undefined;
    this.#host.removeLinkLocal(linkLocal(device.options.publicKey));
    this.before = undefined;
    this.#note('interface is as before');
  }

  #told(notice: Notice): void {
    if (this.#options.keepNotices) this.notices.push({ at: this.#context.scheduler.now, notice });
    this.#context.trace.note(this.#host.name, () => `tells ${JSON.stringify(notice)}`);
  }

  #note(text: string): void {
    this.#context.trace.note(this.#host.name, () => text);
  }
}
