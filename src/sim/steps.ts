/** What each step of a scenario does to a world. */
import type { Step } from './scenario.js';
import type { World } from './world.js';

export function perform(world: World, step: Step): void {
  world.trace.note('world', () => JSON.stringify(step));
  switch (step.kind) {
    case 'start-agent':
      world.startAgent(step.host);
      return;
    case 'stop-agent':
      world.stop(step.host);
      return;
    case 'kill-agent':
      world.kill(step.host);
      return;
    case 'cut':
      world.cutDirect(step.from, step.to, step.oneWay);
      return;
    case 'partition':
      world.partition(step.hosts);
      return;
    case 'heal':
      world.heal();
      return;
    case 'sleep':
      world.sleep(step.host, step.forMs);
      return;
    case 'jump-clock':
      world.host(step.host).jumpClock(step.byMs);
      return;
    case 'reboot':
      world.reboot(step.host, step.offMs);
      return;
    case 'move':
      world.move(step.host, step.uplinks);
      return;
    case 'reboot-nat':
      world.rebootNat(step.nat);
      return;
    case 'renumber-nat':
      world.renumberNat(step.nat, step.address, step.network);
      return;
    case 'connect':
      world.agent(step.host).connect(world.key(step.peer));
      return;
    case 'set-peer':
      world.setPeer(step.host, step.peer);
      return;
    case 'remove-peer':
      world.removePeer(step.host, step.peer);
      return;
    case 'link':
      world.changeLink(step.host, step.link);
      return;
    case 'stream': {
      const stream = world.stream(step.from, step.to, { perSecond: step.perSecond });
      if (step.forMs === undefined) return;
      world.scheduler.after(step.forMs, () => {
        stream.stop();
      });
      return;
    }
  }
}
