import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../cli/base-command.js';
import type { GraphReport } from '../cli/graph/model.js';

export default class Graph extends BaseCommand {
  static override summary = 'Draw the mesh as this machine knows it';
  static override description =
    'This machine, its peers and the routers that carry what is not direct. What peers have with each other is not ' +
    'known here, and not drawn.';
  static override flags = {
    format: Flags.option({
      options: ['text', 'svg', 'dot', 'mermaid'] as const,
      default: 'text' as const,
      description: 'for the terminal, or for documents',
    })(),
  };
  static override examples = [
    { description: 'In the terminal', command: '<%= config.bin %> graph' },
    { description: 'As a picture', command: '<%= config.bin %> graph --format svg > mesh.svg' },
    { description: 'Drawn by Graphviz', command: '<%= config.bin %> graph --format dot | dot -Tpng > mesh.png' },
  ];

  override async run(): Promise<GraphReport> {
    const { flags } = await this.parse(Graph);
    return this.withAgent(flags.interface, async (agent) => {
      const peers = await agent.call('peers', {});
      const { draw, graphOf } = await import('../cli/graph/index.js');
      const graph = graphOf({ interface: agent.interfaceName, ...peers });
      const view = await this.view(() => Promise.resolve(draw));
      if (view !== undefined) this.print(view.render(graph, flags.format, view.screen));
      return graph;
    });
  }
}
