/** Random worlds: a star drawn from a seed, with faults for a while and peace afterwards. */
import { nat } from './network/kinds.js';
import type { Dependence, NatBehaviour } from './network/nat.js';
import type { PortAllocation } from './network/ports.js';
import { Random } from './random.js';
import type { Step, TimedStep } from './scenario.js';
import { spokeName, type SpokeOptions, type StarOptions } from './star.js';

export interface Generated {
  readonly spokes: readonly SpokeOptions[];
  readonly options: Pick<StarOptions, 'latencyMs' | 'line' | 'hubEntry'>;
  readonly at: readonly TimedStep[];
  /** From then on nothing is done to the world any more, and everything that was cut is healed. */
  readonly peaceFromMs: number;
}

const DEPENDENCES: readonly Dependence[] = ['endpoint-independent', 'address-dependent', 'address-and-port-dependent'];
const PORTS: readonly PortAllocation[] = ['preserved', 'sequential', 'random', 'blocks'];

/** Faults begin after the agents had time to connect. */
const FIRST_FAULT_MS = 5_000;
const FAULT_SPACING_MS = { least: 500, most: 15_000 };

export function generate(seed: number, { faults = 6, mostSpokes = 5 } = {}): Generated {
  const random = new Random(seed, 'a random world');
  const spokes: SpokeOptions[] = [];
  for (let left = random.between(2, mostSpokes); left > 0; left--) spokes.push(drawSpoke(random, spokes[0]));
  const at: TimedStep[] = [];
  let ms = FIRST_FAULT_MS;
  for (let count = random.between(0, faults); count > 0; count--) {
    at.push(...drawFault(random, ms, spokes));
    ms += random.between(FAULT_SPACING_MS.least, FAULT_SPACING_MS.most);
  }
  const peaceFromMs = Math.max(ms, ...at.map((step) => step.ms + stepLength(step.do)));
  const lossy = random.chance(0.3);
  return {
    spokes,
    options: {
      latencyMs: random.pick([1, 10, 25, 80]),
      line: lossy ? { loss: 0.01, jitterMs: random.between(0, 20) } : {},
      hubEntry: random.pick(['covering', 'single']),
    },
    at: [...at, { ms: peaceFromMs, do: { kind: 'heal' } }],
    peaceFromMs,
  };
}

/** `first` is the spoke whose NAT others may stand behind, where it has one. */
function drawSpoke(random: Random, first: SpokeOptions | undefined): SpokeOptions {
  const firewall = random.chance(0.3);
  if (random.chance(0.15)) return { nat: 'none', firewall };
  if (first !== undefined && first.nat !== 'none' && random.chance(0.15)) {
    return { nat: { with: spokeName(0) }, firewall };
  }
  return { nat: drawNat(random), firewall, ...(random.chance(0.1) ? { carrier: drawNat(random) } : {}) };
}

function drawNat(random: Random): NatBehaviour {
  return nat(random.pick(DEPENDENCES), random.pick(DEPENDENCES), {
    ports: random.pick(PORTS),
    refreshInbound: random.chance(0.7),
    hairpin: random.chance(0.3),
    unsolicited: random.chance(0.2) ? 'remembered' : 'dropped',
  });
}

/** A fault and, where it does not end by itself, its end. */
function drawFault(random: Random, ms: number, spokes: readonly SpokeOptions[]): TimedStep[] {
  const host = spokeName(random.between(0, spokes.length - 1));
  const peer = spokeName(random.between(0, spokes.length - 1));
  const anyone = random.chance(0.2) ? 'hub' : host;
  const forMs = random.between(500, 20_000);
  const once = (step: Step): TimedStep[] => [{ ms, do: step }];
  const withEnd = (step: Step, end: Step): TimedStep[] => [
    { ms, do: step },
    { ms: ms + forMs, do: end },
  ];
  switch (random.between(0, 7)) {
    case 0:
      return withEnd({ kind: 'cut', from: host, to: peer, oneWay: random.chance(0.5) }, { kind: 'heal' });
    case 1:
      return withEnd({ kind: 'partition', hosts: [host] }, { kind: 'heal' });
    case 2:
      return once({ kind: 'sleep', host, forMs });
    case 3:
      return once({ kind: 'reboot', host: anyone, offMs: forMs });
    case 4:
      return withEnd({ kind: 'kill-agent', host: anyone }, { kind: 'start-agent', host: anyone });
    case 5:
      return withEnd({ kind: 'stop-agent', host: anyone }, { kind: 'start-agent', host: anyone });
    case 6:
      return withEnd(
        { kind: 'link', host: anyone, link: { loss: 0.3 } },
        { kind: 'link', host: anyone, link: { loss: 0 } },
      );
    default:
      return once({ kind: 'jump-clock', host, byMs: random.between(0, 3_600_000) });
  }
}

function stepLength(step: Step): number {
  if (step.kind === 'sleep') return step.forMs;
  return step.kind === 'reboot' ? step.offMs : 0;
}
