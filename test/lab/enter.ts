import { afterEach } from 'vitest';
import type { World } from '../../lab/world.js';

/** Each test builds the worlds it needs and enters them; whatever becomes of the test, they end with it. */
const entered: World[] = [];

afterEach(async () => {
  await Promise.all(entered.splice(0).map((world) => world.close()));
});

export async function enter<Scene extends { readonly world: World }>(building: Promise<Scene>): Promise<Scene> {
  const scene = await building;
  entered.push(scene.world);
  return scene;
}
