/** The mesh for Mermaid, which many pages and forges draw where they find it. */
import type { PathKind } from '../../core/views.js';
import { treeOf, type Branch, type GraphReport } from './model.js';
import { linkText } from './words.js';

const LINES: Readonly<Record<PathKind, string>> = {
  direct: '===',
  relayed: '-.-',
  connecting: '-.-',
  offline: '-.-',
  plain: '---',
};

export function renderMermaid(graph: GraphReport): string {
  return ['flowchart LR', ...statements(treeOf(graph), undefined, { last: 0 })].join('\n');
}

/** Nodes have numbers for names: what a peer calls itself stands in quotes only. */
function statements(branch: Branch, parent: string | undefined, numbers: { last: number }): readonly string[] {
  const { node, label, link } = branch;
  const id = `n${numbers.last++}`;
  const [open, close] = node.kind === 'peer' ? ['["', '"]'] : ['(["', '"])'];
  const edge =
    parent === undefined || link === undefined
      ? []
      : [`  ${parent} ${LINES[link.path]}|"${escaped(linkText(branch))}"| ${id}`];
  return [
    `  ${id}${open}${escaped(label)}${close}`,
    ...edge,
    ...branch.branches.flatMap((each) => statements(each, id, numbers)),
  ];
}

/** Mermaid knows quotes, entities, Markdown, HTML and icons in a label: whatever is no letter and no digit is its number. */
const escaped = (text: string): string =>
  text.replaceAll(/[^\p{L}\p{M}\p{N} .…_-]/gu, (character) => `#${character.codePointAt(0) ?? 0};`);
