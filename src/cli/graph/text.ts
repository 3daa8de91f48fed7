/**
 * The mesh as a tree in the terminal. How a line is drawn says how packets go, also without colours. Few peers have a line
 * each; many stand beside each other, so that a large network is seen at once.
 */
import type { PathKind } from '../../core/views.js';
import { paintPath, PATH_WORDS } from '../render/path.js';
import type { Screen } from '../render/screen.js';
import { columnsOf, shorten } from '../render/text.js';
import { treeOf, type Branch, type GraphReport } from './model.js';
import { kindsIn, linkText } from './words.js';

/** What fits a small terminal with the headline and the legend. */
const MOST_ON_LINES = 18;

const GAP = '  ';

const LINES: Readonly<Record<PathKind, string>> = {
  direct: '━━',
  relayed: '┄┄',
  connecting: '╍╍',
  offline: '··',
  plain: '──',
};

export function renderText(graph: GraphReport, screen: Screen): string {
  const tree = treeOf(graph);
  const many = graph.links.length > MOST_ON_LINES;
  const { paint } = screen;
  const lines = [
    `${paint.bold(tree.label)}, ${shorten(graph.interface, 20)}`,
    ...branchLines(tree, '', many, screen),
    ...(graph.links.length === 0 ? ['No peers.'] : ['', ...legend(tree, screen)]),
  ];
  return lines.join('\n');
}

/** `indent` is what stands before the lines of all that hangs on the branch. */
function branchLines(parent: Branch, indent: string, many: boolean, screen: Screen): readonly string[] {
  const carrying = parent.branches.filter(({ branches }) => branches.length > 0);
  const leaves = parent.branches.filter(({ branches }) => branches.length === 0);
  const room = screen.width - indent.length - 1;
  const rows = many ? besideEachOther(leaves, room, screen) : eachOnItsOwn(leaves, room, screen);
  const blocks = [
    ...carrying.map((branch) => (last: boolean): readonly string[] => [
      oneLine(branch, screen),
      ...branchLines(branch, last ? `${indent}   ` : `${indent}│  `, many, screen),
    ]),
    ...rows.map((row) => (): readonly string[] => [row]),
  ];
  return blocks.flatMap((block, at) => {
    const last = at === blocks.length - 1;
    const [head = '', ...below] = block(last);
    return [`${indent}${last ? '└' : '├'}${head}`, ...below];
  });
}

function oneLine(branch: Branch, screen: Screen): string {
  const word = branch.node.kind === 'router' ? `router, ${linkText(branch)}` : linkText(branch);
  return `${line(branch, screen)} ${screen.paint.bold(branch.label)}  ${word}`;
}

/** Names, round-trip times and, where there is room, endpoints below each other. */
function eachOnItsOwn(leaves: readonly Branch[], width: number, screen: Screen): readonly string[] {
  const labels = Math.max(0, ...leaves.map(({ label }) => columnsOf(label)));
  const texts = Math.max(0, ...leaves.map((leaf) => wordOf(leaf).length));
  return leaves.map((leaf) => {
    const name = `${screen.paint.bold(leaf.label)}${' '.repeat(labels - columnsOf(leaf.label))}`;
    const { endpoint = '' } = leaf.link ?? {};
    const fits = 3 + labels + 2 + texts + 2 + endpoint.length <= width;
    return `${line(leaf, screen)} ${name}  ${wordOf(leaf).padEnd(texts)}  ${fits ? endpoint : ''}`.trimEnd();
  });
}

const wordOf = (leaf: Branch): string => (leaf.node.kind === 'router' ? `router, ${linkText(leaf)}` : linkText(leaf));

/** In as many columns as there is room for; a relayed one without the word, which its line and the legend say. */
function besideEachOther(leaves: readonly Branch[], width: number, screen: Screen): readonly string[] {
  const cells = leaves.map((leaf) => ({ leaf, text: leaf.link?.path === 'direct' ? linkText(leaf) : '' }));
  const labels = Math.max(0, ...cells.map(({ leaf }) => columnsOf(leaf.label)));
  const texts = Math.max(0, ...cells.map(({ text }) => text.length));
  const cell = 3 + labels + (texts > 0 ? 1 + texts : 0);
  const columns = Math.max(1, Math.floor((width + GAP.length) / (cell + GAP.length)));
  const rows = Math.ceil(cells.length / columns);
  return Array.from({ length: rows }, (_, row) =>
    cells
      .slice(row * columns, (row + 1) * columns)
      .map(({ leaf, text }) => {
        const padding = ' '.repeat(labels - columnsOf(leaf.label));
        const said = texts > 0 ? ` ${text.padStart(texts)}` : '';
        return `${line(leaf, screen)} ${screen.paint.bold(leaf.label)}${padding}${said}`;
      })
      .join(GAP)
      .trimEnd(),
  );
}

function line({ link }: Branch, screen: Screen): string {
  return link === undefined ? '' : paintPath(link.path, LINES[link.path], screen);
}

/** Each kind that there is, with how many have it. */
function legend(tree: Branch, screen: Screen): readonly string[] {
  const lines: { plain: string; shown: string }[] = [];
  for (const kind of kindsIn(tree)) {
    const text = ` ${count(tree, kind)} ${PATH_WORDS[kind]}`;
    const [plain, shown] = [LINES[kind] + text, paintPath(kind, LINES[kind], screen) + text];
    const last = lines.at(-1);
    if (last === undefined || columnsOf(last.plain + GAP + plain) > screen.width) lines.push({ plain, shown });
    else Object.assign(last, { plain: last.plain + GAP + plain, shown: last.shown + GAP + shown });
  }
  return lines.map(({ shown }) => shown);
}

const count = ({ link, branches }: Branch, kind: PathKind): number =>
  branches.reduce((sum, branch) => sum + count(branch, kind), link?.path === kind ? 1 : 0);
