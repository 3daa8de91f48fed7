/**
 * `npm run demo`: a star of real WireGuard becomes a mesh before one's eyes. Three agents run from the built executable;
 * what is shown as seen was seen in the TTL of pings, not told by an agent. Exit status 0 only if the spokes were direct,
 * fell back to the hub when the direct path was cut, and were direct again when it healed.
 */
import { Agent, command } from './agent.js';
import { banner, picture, Timeline } from './demo-screen.js';
import type { SeenPath } from './observe.js';
import { PingStream } from './ping-stream.js';
import { twoHomes, type TwoHomes } from './scenes.js';
import { waitFor } from './wait.js';

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

  timeline.tell('Starting wirelink on all three: wirelink up wg0');
  await Promise.all([hub, a, b].map((member) => Agent.start(member)));
  const ready = timeline.tell('All three are ready.');
  await table(scene);
  await until('direct', DIRECT_WITHIN_MS);
  const direct = timeline.tell('a and b are direct, in both directions.');
  console.log(picture('mesh'));
  await table(scene);

  const before = pings[0].lost;
  const cut = timeline.tell('Cutting the direct path between the two NATs.');
  await internet.cut(homeA.wan.address, homeB.wan.address);
  await until('relayed', BACK_WITHIN_MS);
  const back = timeline.tell('Traffic is back on the hub.');
  const lost = pings[0].lost - before;
  await table(scene);

  const healed = timeline.tell('Healing the direct path. Nobody tells the agents.');
  await internet.heal();
  await until('direct', RECOVERED_WITHIN_MS);
  const recovered = timeline.tell('a and b are direct again.');
  for (const ping of pings) ping.stop();

  const took = (from: number, to: number): string => `${((to - from) / 1000).toFixed(1)} s`;
  console.log(`
Seen on the wire, in the TTL of pings (64 direct, 63 through the hub):
  all agents ready → direct        ${took(ready, direct)}
  path cut → back on the hub       ${took(cut, back)}, ${lost} pings lost, of ten a second
  path healed → direct again       ${took(healed, recovered)}`);
}

/** What a user would see on spoke a. */
async function table({ a }: TwoHomes): Promise<void> {
  const { stdout, stderr } = await command(a, ['peers']);
  console.log(`\na$ wirelink peers\n${stdout}${stderr}`);
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
