/** The mesh for Graphviz, which draws it by itself: `wirelink graph --format dot | dot -Tpdf`. */
import type { PathKind } from '../../core/views.js';
import { shorten } from '../render/text.js';
import { treeOf, type Branch, type GraphReport } from './model.js';
import { linkText } from './words.js';

const STYLES: Readonly<Record<PathKind, string>> = {
  direct: 'style=bold, color="#1a7f4b"',
  relayed: 'style=dashed, color="#b45309"',
  connecting: 'style=dotted, color="#b45309"',
  offline: 'style=dotted, color="#9ca3af"',
  plain: 'style=solid, color="#6b7280"',
};

export function renderDot(graph: GraphReport): string {
  return [
    `graph ${quoted(shorten(graph.interface, 20))} {`,
    '  rankdir=LR;',
    '  node [shape=box, style=rounded, fontname="sans-serif"];',
    '  edge [fontname="sans-serif", fontsize=10];',
    ...statements(treeOf(graph), undefined, { last: 0 }),
    '}',
  ].join('\n');
}

/** Nodes have numbers for names: what a peer calls itself stands in labels only. */
function statements(branch: Branch, parent: string | undefined, numbers: { last: number }): readonly string[] {
  const { node, label, link } = branch;
  const id = `n${numbers.last++}`;
  const shape = node.kind === 'peer' ? '' : ', penwidth=2';
  const edge =
    parent === undefined || link === undefined
      ? []
      : [`  ${parent} -- ${id} [label=${quoted(linkText(branch))}, ${STYLES[link.path]}];`];
  return [
    `  ${id} [label=${quoted(label)}${shape}];`,
    ...edge,
    ...branch.branches.flatMap((each) => statements(each, id, numbers)),
  ];
}

/** Backslashes begin escapes such as \\N, ampersands entities; angle brackets are for pages that quote the text. */
const quoted = (text: string): string =>
  `"${text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')}"`;
