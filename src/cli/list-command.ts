/** What the commands that show a list have in common: showing it once, or with `--watch` again and again. */
import * as Flags from '@oclif/core/flags';
import { toJsonLine } from '../core/text.js';
import { BaseCommand, type View } from './base-command.js';
import type { Screen } from './render/screen.js';
import type { Watched } from './watch/watch.js';

export interface Listed<Report, Item> extends Watched<Report, Item> {
  /** What an item is called in JSON. */
  readonly noun: string;
  /** Loads what makes text of it. `marked` are the ids of items to point out. */
  readonly load: () => Promise<Render<Report>>;
}

type Render<Report> = (report: Report, screen: Screen, marked?: ReadonlySet<string>) => string;

export abstract class ListCommand extends BaseCommand {
  static override flags = {
    watch: Flags.boolean({
      default: false,
      description: 'keep showing it and mark what changes; with --json, a line per change',
    }),
  };

  /** What it has shown; nothing when it was watched, for then all is printed already. */
  protected async showOrWatch<Report, Item>(
    watching: boolean,
    listed: Listed<Report, Item>,
  ): Promise<Report | undefined> {
    const view = await this.view(listed.load);
    if (watching) {
      await this.#watch(listed, view);
      return undefined;
    }
    const report = await listed.ask();
    if (view !== undefined) this.print(view.render(report, view.screen));
    return report;
  }

  /** In place on a terminal, in sections in a pipe, and with --json one line per change. */
  async #watch<Report, Item>(listed: Listed<Report, Item>, view: View<Render<Report>> | undefined): Promise<void> {
    const { asLines, onScreen, sections, watch } = await import('./watch/watch.js');
    const print = (text: string): void => {
      this.print(text);
    };
    if (view === undefined) {
      this.toText = toJsonLine;
      const printLine = (value: object): void => {
        print(toJsonLine(value));
      };
      await watch(listed, asLines(printLine, listed.noun));
    } else if (process.stdout.isTTY) {
      const { screen } = await import('./render/screen.js');
      await watch(listed, onScreen(listed.idOf, screen, view.render));
    } else {
      await watch(
        listed,
        sections(print, (report) => view.render(report, view.screen)),
      );
    }
  }
}
