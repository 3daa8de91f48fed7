/** The direction of imports between the layers of src, as docs/ARCHITECTURE.md draws it. */
import { posix } from 'node:path';
import ts from 'typescript';
import { lineOf, nodesOf, type Complaint, type Source } from './complaint.js';

type Layer = 'core' | 'agent' | 'sim' | 'cli' | 'commands';

interface Direction {
  /** The layers it may import besides itself. */
  readonly layers: readonly Layer[];
  /** The layers of which it may know types. */
  readonly typesOf: readonly Layer[];
  /** The packages it may import; `undefined` leaves them to the other rules. */
  readonly packages: readonly string[] | undefined;
  readonly instead: string;
}

const DIRECTIONS: Readonly<Record<Layer, Direction>> = {
  core: {
    layers: [],
    typesOf: [],
    packages: ['ipaddr.js', '@noble/hashes'],
    instead: 'Take what is needed as an argument or an event, and ask for what is to be done by an action',
  },
  agent: {
    layers: ['core'],
    typesOf: [],
    packages: undefined,
    instead: 'Put what both need into src/core, or hand it in from the command',
  },
  sim: {
    layers: ['core'],
    typesOf: [],
    packages: undefined,
    instead: 'Drive the core alone: the simulator has a world of its own in place of the agent',
  },
  cli: {
    layers: ['core'],
    typesOf: [],
    packages: undefined,
    instead: 'Ask the agent over the control socket; what commands share stays in src/cli',
  },
  commands: {
    layers: ['cli'],
    typesOf: ['core'],
    packages: undefined,
    instead:
      'Reach the engine over the control socket through src/cli; only those that work on the machine itself load src/agent',
  },
};

/** `up` is the agent; `doctor`, `invite` and `remove` work on the machine, whether or not an agent runs: they may load it. */
const EXCEPTIONS: Readonly<Record<string, readonly Layer[]>> = {
  'src/commands/up.ts': ['agent'],
  'src/commands/doctor.ts': ['agent'],
  'src/commands/hosts.ts': ['agent'],
  'src/commands/invite.ts': ['agent'],
  'src/commands/remove.ts': ['agent'],
};

export function checkImports(source: Source): readonly Complaint[] {
  const from = layerOf(source.file);
  if (from === undefined) return [];
  return importsOf(source).flatMap((imported) => {
    const what = complaintAbout(from, source.file, imported);
    return what === undefined
      ? []
      : [{ file: source.file, line: imported.line, what, instead: DIRECTIONS[from].instead }];
  });
}

/** For a module that must be reasoned on its own: from outside its folder it takes types and nothing else. */
export function checkTypesOnly(source: Source): readonly Complaint[] {
  return importsOf(source)
    .filter(({ specifier, typesOnly }) => !typesOnly && !/^\.\/[^/]+$/.test(specifier))
    .map(({ specifier, line }) => ({
      file: source.file,
      line,
      what: `it imports ${specifier}`,
      instead: 'Import types alone: what it says must not come from what it is held against',
    }));
}

interface Import {
  readonly specifier: string;
  readonly typesOnly: boolean;
  readonly line: number;
}

function complaintAbout(from: Layer, file: string, { specifier, typesOnly }: Import): string | undefined {
  const { layers, typesOf, packages } = DIRECTIONS[from];
  if (!specifier.startsWith('.')) {
    const isAllowed = packages?.some((name) => specifier === name || specifier.startsWith(`${name}/`)) ?? true;
    return isAllowed ? undefined : `src/${from} imports ${specifier}`;
  }
  const path = posix.join(posix.dirname(file), specifier);
  // The version is told from there; the bundle takes it in.
  if (path === 'package.json' && from !== 'core') return undefined;
  const to = layerOf(path);
  if (to === undefined) return `src/${from} imports ${path}, which is in no layer`;
  const allowed = [from, ...layers, ...(typesOnly ? typesOf : []), ...(EXCEPTIONS[file] ?? [])];
  return allowed.includes(to) ? undefined : `src/${from} imports ${path}`;
}

/** Files in src itself are the way in from bin: they may import every layer, and no layer imports them. */
function layerOf(path: string): Layer | undefined {
  const [root, folder = ''] = path.split('/');
  return root === 'src' && isLayer(folder) ? folder : undefined;
}

const isLayer = (folder: string): folder is Layer => folder in DIRECTIONS;

/** Static, dynamic and in types; `require` too. */
function importsOf(source: Source): readonly Import[] {
  return nodesOf(source).flatMap((node) => {
    const found = specifierIn(node);
    if (found === undefined) return [];
    return [{ specifier: found.text, typesOnly: isTypesOnly(node), line: lineOf(node) }];
  });
}

function specifierIn(node: ts.Node): ts.StringLiteralLike | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return literal(node.moduleSpecifier);
  if (ts.isImportTypeNode(node))
    return ts.isLiteralTypeNode(node.argument) ? literal(node.argument.literal) : undefined;
  if (ts.isExternalModuleReference(node)) return literal(node.expression);
  if (!ts.isCallExpression(node)) return undefined;
  const called = node.expression;
  const loads = called.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(called) && called.text === 'require');
  return loads ? literal(node.arguments[0]) : undefined;
}

const literal = (node: ts.Node | undefined): ts.StringLiteralLike | undefined =>
  node !== undefined && ts.isStringLiteralLike(node) ? node : undefined;

function isTypesOnly(node: ts.Node): boolean {
  if (ts.isImportTypeNode(node)) return true;
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  return ts.isImportDeclaration(node) && node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
}
