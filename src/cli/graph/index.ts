/** Everything `wirelink graph` needs, loaded at once. */
import type { Screen } from '../render/screen.js';
import { renderDot } from './dot.js';
import { renderMermaid } from './mermaid.js';
import type { GraphReport } from './model.js';
import { renderSvg } from './svg.js';
import { renderText } from './text.js';

export { graphOf } from './model.js';

export type GraphFormat = 'text' | 'svg' | 'dot' | 'mermaid';

/** Only text is made for a screen. */
export function draw(graph: GraphReport, format: GraphFormat, screen: Screen): string {
  switch (format) {
    case 'text':
      return renderText(graph, screen);
    case 'svg':
      return renderSvg(graph);
    case 'dot':
      return renderDot(graph);
    case 'mermaid':
      return renderMermaid(graph);
  }
}
