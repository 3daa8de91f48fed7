/**
 * `npm run demo`: a star of real WireGuard becomes a mesh before one's eyes. Three agents run from the built executable;
 * what is shown as seen was seen in the TTL of pings, not told by an agent. Exit status 0 only if the spokes were direct,
 * fell back to the hub when the direct path was cut, and were direct again when it healed.
 */
import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, command, viewOf } from './agent.js';
import { banner, picture, Timeline } from './demo-screen.js';
import type { SeenPath } from './observe.js';
import { PingStream } from './ping-stream.js';
import { twoHomes, type TwoHomes } from './scenes.js';
import type { Member } from './star.js';
import { waitFor } from './wait.js';

/** On every machine; each has a /run of its own. */
const CONFIG = '/run/wirelink.yaml';
/** For whoever watches: time to read before the next thing happens. */
const LOOK_MS = 2_000;

/** Every line is that long, the hub's too: a round trip takes 200 ms by way of the hub, and 100 without the detour. */
const AWAY = { cable: { delayMs: 25 } };

/** How long each change may take before the demo gives up on it; all together they leave it under a minute. */
const RELAYED_WITHIN_MS = 6_000;
const DIRECT_WITHIN_MS = 12_000;
const BACK_WITHIN_MS = 10_000;
const RECOVERED_WITHIN_MS = 20_000;

async function show(scene: TwoHomes): Promise<void> {
  const { hub, a, b, internet, homeA, homeB } = scene;
  const timeline = new Timeline();
  const pings = [new PingStream(a, b), new PingStream(b, a)] as const;
  /** Waits until both directions take that path. */
  const until = (path: SeenPath, timeoutMs: number): Promise<unknown> =>
    waitFor(
      `pings between a and b are ${path} in both directions`,
      () => {
        timeline.sighting(pings[0].latest);
        return pings.map((ping) => ping.latest.path);
      },
      (paths) => paths.every((each) => each === path),
      { timeoutMs, everyMs: 20 },
    );

  console.log(picture('star'));
  timeline.tell('Plain WireGuard. a pings b, ten times a second:');
  await until('relayed', RELAYED_WITHIN_MS);
  await sleep(LOOK_MS);

  timeline.tell('Starting wirelink on all three: wirelink up wg0');
  await Promise.all([hub, a, b].map((member) => startNamed(member, scene)));
  const ready = timeline.tell('All three are ready.');
  const table = new Table(a, b);
  const following = table.follow();
  await until('direct', DIRECT_WITHIN_MS);
  const direct = timeline.tell('a and b are direct, in both directions.');
  console.log(picture('mesh'));
  table.stop();
  await following;
  await sleep(LOOK_MS);

  const before = pings[0].lost;
  const cut = timeline.tell('Cutting the direct path between the two NATs.');
  await internet.cut(homeA.wan.address, homeB.wan.address);
  await until('relayed', BACK_WITHIN_MS);
  const back = timeline.tell('Traffic is back on the hub.');
  const lost = pings[0].lost - before;
  await table.print();
  await sleep(LOOK_MS);

  const healed = timeline.tell('Healing the direct path. Nobody tells the agents.');
  await internet.heal();
  await until('direct', RECOVERED_WITHIN_MS);
  const recovered = timeline.tell('a and b are direct again.');
  await table.print();
  for (const ping of pings) ping.stop();

  const took = (from: number, to: number): string => `${((to - from) / 1000).toFixed(1)} s`;
  console.log(`Seen on the wire, in the TTL of pings (64 direct, 63 through the hub):
  all agents ready → direct        ${took(ready, direct)}
  path cut → back on the hub       ${took(cut, back)}, ${lost} pings lost, of ten a second
  path healed → direct again       ${took(healed, recovered)}
`);
}

/** An agent that knows the others by name, as a user would configure it. */
async function startNamed(member: Member, { hub, a, b }: TwoHomes): Promise<void> {
  const peers = [hub, a, b].map(({ name, key }) => `  - { key: "${key}", name: ${name} }\n`).join('');
  await writeFile(member.machine.path(CONFIG), `peers:\n${peers}`);
  await Agent.start(member, { args: ['--config', CONFIG] });
}

/** What `wirelink peers` shows on one spoke. */
class Table {
  readonly #on: Member;
  readonly #of: Member;
  #stopped = false;

  constructor(on: Member, of: Member) {
    this.#on = on;
    this.#of = of;
  }

  async print(): Promise<void> {
    const { stdout, stderr } = await command(this.#on, ['peers']);
    console.log(`\n${this.#on.name}$ wirelink peers\n${stdout}${stderr}`);
  }

  /** Prints it whenever the other spoke's path has changed; once more when stopped, as it then is. */
  async follow(): Promise<void> {
    let shown: string | undefined;
    while (!this.#stopped) {
      const path = (await viewOf(this.#on, this.#of))?.path;
      if (path !== undefined && path !== shown && path !== 'direct') await this.print();
      shown = path;
    }
    await this.print();
  }

  stop(): void {
    this.#stopped = true;
  }
}

async function main(): Promise<number> {
  console.log(banner);
  const scene = await twoHomes(AWAY, AWAY, { hub: AWAY });
  const interrupted = new Promise<number>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => {
        resolve(130);
      });
  });
  try {
    return await Promise.race([show(scene).then(() => 0), interrupted]);
  } catch (error) {
    console.error(`\nThe demo failed. ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  } finally {
    await scene.world.close();
    console.log('All of it is gone again: agents, interfaces, namespaces.');
  }
}

process.exit(await main());
