/**
 * What happens in a random world: faults with their ends, moves, what users and administrators do, and traffic. After
 * the last of it everything is as it should be again, so that what follows can be asked of every world.
 */
import type { Link } from '../network/segment.js';
import type { Random } from '../random.js';
import type { Step, TimedStep } from '../scenario.js';
import { drawUplinks, weighted, type Star } from './star.js';

export interface Course {
  readonly at: readonly TimedStep[];
  /** From then on nothing is done to the world any more, and what was broken is mended. */
  readonly peaceFromMs: number;
}

type FaultName =
  | 'cut'
  | 'cut-from-hub'
  | 'partition'
  | 'sleep'
  | 'clock'
  | 'reboot'
  | 'reboot-nat'
  | 'renumber-nat'
  | 'move'
  | 'kill-agent'
  | 'stop-agent'
  | 'expel'
  | 'bad-line'
  | 'connect'
  | 'stream';

const WEIGHTS: Readonly<Record<FaultName, number>> = {
  cut: 3,
  'cut-from-hub': 2,
  partition: 2,
  sleep: 3,
  clock: 2,
  reboot: 3,
  'reboot-nat': 2,
  'renumber-nat': 1,
  move: 3,
  'kill-agent': 3,
  'stop-agent': 2,
  expel: 2,
  'bad-line': 3,
  connect: 2,
  stream: 3,
};

/** Most faults begin after the agents had time to connect, some in the middle of it. */
const FIRST_FAULT_MS = { least: 300, most: 9_000 };
const SPACING_MS = { least: 300, most: 12_000 };
const HOUR_MS = 3_600_000;
/** Between the end of one machine's fault and the next one's beginning: who is off cannot fall asleep. */
const BREATH_MS = 100;

/** The shortest fault a machine's agent does not notice, the longest outlives what others were told by it. */
const DURATIONS_MS = {
  short: [50, 3_000],
  middle: [3_000, 25_000],
  long: [60_000, 120_000],
  longest: [250_000, 320_000],
};

export function drawCourse(random: Random, star: Star, most: number): Course {
  const course = new Drawing(random, star);
  let ms = random.between(FIRST_FAULT_MS.least, FIRST_FAULT_MS.most);
  for (let left = random.between(0, most); left > 0; left--) {
    course.add(ms);
    ms += random.between(SPACING_MS.least, SPACING_MS.most);
  }
  return course.finish(ms);
}

class Drawing {
  readonly #random: Random;
  readonly #star: Star;
  readonly #at: TimedStep[] = [];
  /** Until when something is the matter with a machine. */
  readonly #busyUntil = new Map<string, number>();
  #lineIsBadUntil = 0;
  #end = 0;

  constructor(random: Random, star: Star) {
    this.#random = random;
    this.#star = star;
  }

  add(ms: number): void {
    const random = this.#random;
    const forMs = this.#duration();
    const name = weighted(random, WEIGHTS);
    const spoke = random.pick(this.#star.spokes);
    const anyone = random.chance(0.2) ? 'hub' : spoke;
    switch (name) {
      case 'cut':
        this.#during(ms, forMs, { kind: 'cut', from: spoke, to: this.#another(spoke), oneWay: random.chance(0.5) }, [
          { kind: 'heal' },
        ]);
        return;
      case 'cut-from-hub': {
        const [from, to] = random.chance(0.5) ? [spoke, 'hub'] : ['hub', spoke];
        this.#during(ms, forMs, { kind: 'cut', from, to, oneWay: random.chance(0.7) }, [{ kind: 'heal' }]);
        return;
      }
      case 'partition': {
        const hosts = this.#star.spokes.filter(() => random.chance(0.4));
        this.#during(ms, forMs, { kind: 'partition', hosts: hosts.length > 0 ? hosts : [spoke] }, [{ kind: 'heal' }]);
        return;
      }
      case 'sleep':
        this.#withMachine(ms, spoke, forMs, { kind: 'sleep', host: spoke, forMs }, []);
        return;
      case 'clock':
        this.#clock(ms, spoke, forMs);
        return;
      case 'reboot':
        this.#withMachine(ms, anyone, forMs, { kind: 'reboot', host: anyone, offMs: forMs }, []);
        return;
      case 'reboot-nat':
      case 'renumber-nat':
        this.#nat(ms, name);
        return;
      case 'move':
        this.#move(ms, spoke);
        return;
      case 'kill-agent':
      case 'stop-agent':
        if (this.#isPlain(anyone)) return;
        this.#withMachine(ms, anyone, forMs, { kind: name, host: anyone }, [{ kind: 'start-agent', host: anyone }]);
        return;
      case 'expel':
        this.#expel(ms, spoke, forMs);
        return;
      case 'bad-line':
        this.#badLine(ms, anyone, forMs);
        return;
      case 'connect':
        this.#once(ms, { kind: 'connect', host: spoke, peer: this.#another(spoke) });
        return;
      case 'stream': {
        const perSecond = random.pick([2, 10, 40]);
        const most = Math.min(forMs, 10_000);
        this.#once(ms, { kind: 'stream', from: spoke, to: this.#another(spoke), perSecond, forMs: most });
        this.#end = Math.max(this.#end, ms + most);
      }
    }
  }

  finish(ms: number): Course {
    const started = Math.max(...this.#star.starts.map((step) => step.ms), 0);
    const peaceFromMs = Math.max(ms, started, this.#end + BREATH_MS);
    const at = [...this.#at, { ms: peaceFromMs, do: { kind: 'heal' } as const }];
    return { at: at.toSorted((left, right) => left.ms - right.ms), peaceFromMs };
  }

  #duration(): number {
    const kind = weighted(this.#random, { short: 35, middle: 50, long: 12, longest: 3 });
    const [least = 0, most = 0] = DURATIONS_MS[kind];
    return this.#random.between(least, most);
  }

  #another(spoke: string): string {
    return this.#random.pick(this.#star.spokes.filter((other) => other !== spoke));
  }

  #isPlain(host: string): boolean {
    return !this.#star.starts.some(({ do: step }) => step.kind === 'start-agent' && step.host === host);
  }

  #once(ms: number, step: Step): void {
    this.#at.push({ ms, do: step });
    this.#end = Math.max(this.#end, ms);
  }

  #during(ms: number, forMs: number, begin: Step, end: readonly Step[]): void {
    this.#once(ms, begin);
    for (const step of end) this.#once(ms + forMs, step);
    this.#end = Math.max(this.#end, ms + forMs);
  }

  /** Leaves out what begins while the machine is not done with something else. */
  #withMachine(ms: number, host: string, forMs: number, begin: Step, end: readonly Step[]): void {
    if ((this.#busyUntil.get(host) ?? 0) >= ms) return;
    this.#busyUntil.set(host, ms + forMs + BREATH_MS);
    this.#during(ms, forMs, begin, end);
  }

  /** One that was set back is put right in the end: until then WireGuard itself refuses the machine. */
  #clock(ms: number, host: string, forMs: number): void {
    const byMs = this.#random.between(-HOUR_MS, HOUR_MS);
    const end: Step[] = byMs < 0 ? [{ kind: 'jump-clock', host, byMs: -byMs }] : [];
    this.#during(ms, forMs, { kind: 'jump-clock', host, byMs }, end);
  }

  #nat(ms: number, kind: 'reboot-nat' | 'renumber-nat'): void {
    const { nats } = this.#star;
    if (nats.length === 0) return;
    const nat = this.#random.pick(nats);
    if (kind === 'reboot-nat') this.#once(ms, { kind, nat: nat.name });
    else if (nat.outside.segment === 'internet') {
      this.#once(ms, { kind, nat: nat.name, ...this.#star.homes.publicAddress() });
    }
  }

  /** Awake all the time, or asleep while it is carried. */
  #move(ms: number, host: string): void {
    const before = this.#star.hosts.find(({ name }) => name === host)?.uplinks ?? [];
    const v6 = before.some(({ address }) => address.includes(':'));
    const v4 = before.some(({ segment, address }) => segment !== 'office' && !address.includes(':'));
    // The family over which it reaches its hub stays, or it would be lost.
    const uplinks = drawUplinks(this.#random, v6 ? (v4 ? 'both' : '6') : '4', this.#star.homes);
    if (v4 && v6 && uplinks.length < 2) return;
    const asleepMs = this.#random.chance(0.5) ? this.#duration() : 0;
    if (asleepMs === 0) this.#withMachine(ms, host, 0, { kind: 'move', host, uplinks }, []);
    else {
      this.#withMachine(ms, host, asleepMs, { kind: 'sleep', host, forMs: asleepMs }, []);
      this.#once(ms + asleepMs / 2, { kind: 'move', host, uplinks });
    }
  }

  /** Its administrator takes a spoke off the hub, and puts it back. */
  #expel(ms: number, spoke: string, forMs: number): void {
    const peer = this.#star.hosts[0]?.peers.find(({ host }) => host === spoke);
    if (peer === undefined) return;
    this.#during(ms, forMs, { kind: 'remove-peer', host: 'hub', peer: spoke }, [
      { kind: 'set-peer', host: 'hub', peer },
    ]);
  }

  /** One at a time: two that lose a fifth each would leave too little between them to tell loss from silence. */
  #badLine(ms: number, host: string, forMs: number): void {
    if (this.#lineIsBadUntil >= ms) return;
    this.#lineIsBadUntil = ms + forMs;
    const bad = this.#random.pick<Partial<Link>>([
      { loss: 0.2 },
      { loss: 0.05, jitterMs: 60 },
      { duplicate: 0.3 },
      { reorder: 0.3, jitterMs: 10 },
    ]);
    const good = { loss: 0, duplicate: 0, reorder: 0, jitterMs: 0 };
    this.#during(ms, forMs, { kind: 'link', host, link: bad }, [{ kind: 'link', host, link: good }]);
  }
}
