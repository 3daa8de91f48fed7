import * as Flags from '@oclif/core/flags';
import { BaseCommand, type View } from '../cli/base-command.js';
import type { AgentClient } from '../cli/client.js';
import { asLine, untilSignal } from '../cli/follow.js';
import type * as Rendering from '../cli/render/events.js';
import type { EventView } from '../core/happenings.js';

export interface EventsReport {
  readonly interface: string;
  readonly events: readonly EventView[];
}

export default class Events extends BaseCommand {
  static override summary = 'Show what happened, newest last: paths, agents, refusals, warnings';
  static override description =
    'From what the agent remembers since it started: about a thousand events. Its log has more, and lasts longer.';
  static override flags = {
    follow: Flags.boolean({
      char: 'f',
      default: false,
      description: 'go on as things happen, until Ctrl-C; with --json, a line per event',
    }),
    peer: Flags.string({ helpValue: '<peer>', description: 'only what is about this peer' }),
  };
  static override examples = [
    { description: 'What happened while nobody looked', command: '<%= config.bin %> events' },
    { description: 'Why did the path to the laptop change', command: '<%= config.bin %> events --peer laptop' },
    { description: 'For a program that reacts', command: '<%= config.bin %> events --follow --json' },
  ];

  override async run(): Promise<EventsReport | undefined> {
    const { flags } = await this.parse(Events);
    const about = flags.peer === undefined ? {} : { peer: flags.peer };
    return this.withAgent(flags.interface, async (agent) => {
      const view = await this.view(() => import('../cli/render/events.js'));
      if (flags.follow) {
        await this.#follow(agent, about, view);
        return undefined;
      }
      const { events } = await agent.call('events', { follow: false, ...about });
      if (view !== undefined) this.print(view.render.renderEvents(events, view.screen));
      return { interface: agent.interfaceName, events };
    });
  }

  async #follow(
    agent: AgentClient,
    about: { readonly peer?: string },
    view: View<typeof Rendering> | undefined,
  ): Promise<void> {
    if (view === undefined) this.toText = asLine;
    const render = view?.render.eventRenderer(view.screen) ?? asLine;
    const onProgress = (event: EventView): void => {
      this.print(render(event));
    };
    // Nothing may happen for hours; that the agent is gone is told at once all the same.
    await untilSignal(agent.call('events', { follow: true, ...about }, { onProgress, patienceMs: 0 }));
  }
}
