/** The mesh as a picture for documents: what carries on the left, what is carried on the right, a row for each peer. */
import type { PathKind } from '../../core/views.js';
import { treeOf, type Branch, type GraphReport } from './model.js';
import { kindsIn, linkText } from './words.js';
import { PATH_WORDS } from '../render/path.js';
import { shorten } from '../render/text.js';

/** In pixels. A label has twenty columns at most, a wide character two of them. */
const ROW = 30;
const STEP = 250;
const MARGIN = 70;
const LABEL_ROOM = 330;
const RADIUS = 6;

interface Style {
  readonly color: string;
  readonly dash: string;
}

/** Told apart without colours, too: in print, and by those who do not see them. */
const STYLES: Readonly<Record<PathKind, Style>> = {
  direct: { color: '#1a7f4b', dash: '' },
  relayed: { color: '#b45309', dash: '7 4' },
  connecting: { color: '#b45309', dash: '2 4' },
  offline: { color: '#9ca3af', dash: '1 6' },
  plain: { color: '#6b7280', dash: '' },
};

interface Placed {
  readonly branch: Branch;
  readonly x: number;
  readonly y: number;
  readonly children: readonly Placed[];
}

export function renderSvg(graph: GraphReport): string {
  const tree = treeOf(graph);
  const rows = { used: 0 };
  const root = place(tree, 0, rows);
  const depth = depthOf(tree);
  const kinds = kindsIn(tree);
  const width = MARGIN + depth * STEP + LABEL_ROOM;
  const height = MARGIN + Math.max(1, rows.used) * ROW + 40;
  const title = `The mesh as ${shorten(graph.interface, 20)} knows it`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ` +
      'role="img" font-family="sans-serif" font-size="13">',
    `<title>${escapeXml(title)}</title>`,
    '<rect width="100%" height="100%" fill="#ffffff"/>',
    ...edges(root),
    ...nodes(root),
    ...legend(kinds, height - 18),
    '</svg>',
  ].join('\n');
}

/** Whoever carries others stands beside the middle of them. */
function place(branch: Branch, depth: number, rows: { used: number }): Placed {
  const children = branch.branches.map((each) => place(each, depth + 1, rows));
  const x = MARGIN + depth * STEP;
  const [first, last] = [children[0], children.at(-1)];
  if (first !== undefined && last !== undefined) return { branch, x, y: (first.y + last.y) / 2, children };
  rows.used++;
  return { branch, x, y: MARGIN + (rows.used - 1) * ROW, children };
}

function edges(parent: Placed): readonly string[] {
  return parent.children.flatMap((child) => {
    const { link } = child.branch;
    if (link === undefined) return [];
    const middle = (parent.x + child.x) / 2;
    const curve = `M ${parent.x} ${parent.y} C ${middle} ${parent.y}, ${middle} ${child.y}, ${child.x} ${child.y}`;
    return [`<path d="${curve}" fill="none" ${stroke(link.path)}/>`, ...edges(child)];
  });
}

function nodes({ branch, x, y, children }: Placed): readonly string[] {
  const { node, label } = branch;
  const said = [node.kind === 'router' ? 'router' : '', linkText(branch)].filter((text) => text !== '').join(', ');
  const carries = children.length > 0 || node.kind === 'self';
  // Beside a leaf; above whoever has lines on both sides, with a rim that keeps them off the letters.
  const at = carries ? `x="${x}" y="${y - 14}" text-anchor="middle"` : `x="${x + 14}" y="${y + 4}"`;
  return [
    `<g><title>${escapeXml(node.publicKey)}</title>`,
    `<circle cx="${x}" cy="${y}" r="${RADIUS}" fill="${node.kind === 'peer' ? '#ffffff' : '#374151'}" stroke="#374151" stroke-width="1.5"/>`,
    `<text ${at} fill="#111827" stroke="#ffffff" stroke-width="4" paint-order="stroke">` +
      `${escapeXml(label)}<tspan dx="8" fill="#6b7280">${escapeXml(said)}</tspan></text></g>`,
    ...children.flatMap(nodes),
  ];
}

function legend(kinds: readonly PathKind[], y: number): readonly string[] {
  return kinds.flatMap((kind, at) => {
    const x = 20 + at * 130;
    return [
      `<path d="M ${x} ${y} h 24" ${stroke(kind)}/>`,
      `<text x="${x + 30}" y="${y + 4}" fill="#6b7280" font-size="11">${PATH_WORDS[kind]}</text>`,
    ];
  });
}

function stroke(path: PathKind): string {
  const { color, dash } = STYLES[path];
  return `stroke="${color}" stroke-width="2"${dash === '' ? '' : ` stroke-dasharray="${dash}"`}`;
}

const depthOf = ({ branches }: Branch): number => (branches.length === 0 ? 0 : 1 + Math.max(...branches.map(depthOf)));

/** Labels are printable already; two more characters XML does not have at all. */
const escapeXml = (text: string): string =>
  text
    .replaceAll(/[\ufffe\uffff]/g, '\ufffd')
    .replaceAll(/[&<>"']/g, (character) => `&#${character.codePointAt(0) ?? 0};`);
