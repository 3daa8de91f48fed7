/**
 * Every error a person can mend: a stable code, the exit status, what happened and what to do next. All texts live
 * here. Anything else that is thrown is a bug in wirelink and says so.
 */

/** 1: could not. 2: usage. 3: ended without what was asked for. 4: no agent. */
export type ExitStatus = 1 | 2 | 3 | 4;

interface Problem {
  readonly exit: ExitStatus;
  readonly message: (about: Readonly<Record<string, string>>) => string;
  readonly help: (about: Readonly<Record<string, string>>) => string;
}

const problems = {
  'no-agent': {
    exit: 4,
    message: ({ interface: name }) => (name ? `No wirelink agent runs for ${name}.` : 'No wirelink agent runs here.'),
    help: ({ interface: name }) => `Start one with: wirelink up ${name ?? '<interface>'}`,
  },
  'agent-slow': {
    exit: 1,
    message: ({ interface: name, seconds }) => `The agent for ${name} did not answer within ${seconds} s.`,
    help: () => "Repeat the command. If that does not help, look at the agent's log and start it again.",
  },
  'agent-garbled': {
    exit: 1,
    message: ({ interface: name }) => `The agent for ${name} answered something that is not understood.`,
    help: () => 'Agent and command may be of different versions: start the agent again.',
  },
  'agent-gone': {
    exit: 4,
    message: ({ interface: name }) => `The agent for ${name} ended before it answered.`,
    help: () => 'Look at its log, start it again and repeat the command.',
  },
  'already-running': {
    exit: 1,
    message: ({ interface: name }) => `An agent for ${name} is already running.`,
    help: ({ interface: name }) => `Ask it with: wirelink peers --interface ${name}`,
  },
  'interface-missing': {
    exit: 1,
    message: ({ interface: name }) => `There is no WireGuard interface ${name}.`,
    help: ({ interface: name }) => `Bring it up first, for instance with: wg-quick up ${name}`,
  },
  'interface-deleted': {
    exit: 1,
    message: ({ interface: name }) => `The interface ${name} was deleted while its agent ran.`,
    help: ({ interface: name }) => `Bring it up again and start the agent again: wirelink up ${name}`,
  },
  'key-changed': {
    exit: 1,
    message: ({ interface: name }) => `The interface ${name} got another key while its agent ran.`,
    help: ({ interface: name }) => `Start the agent again: wirelink up ${name}`,
  },
  'undo-failed': {
    exit: 1,
    message: ({ interface: name, why }) => `The interface ${name} could not be put back as it was: ${why}`,
    help: ({ interface: name }) => `Try again with: wirelink up ${name} --restore`,
  },
  configuration: {
    exit: 1,
    message: ({ mistakes }) => mistakes ?? 'The configuration has a mistake.',
    help: () => 'Nothing was started. Correct the file and start again.',
  },
  'no-private-key': {
    exit: 1,
    message: ({ interface: name }) => `The interface ${name} has no private key yet.`,
    help: ({ interface: name }) => `Give it one, for instance with: wg set ${name} private-key FILE`,
  },
  'device-unsupported': {
    exit: 1,
    message: ({ interface: name }) => `${name} is made by a userspace WireGuard that cannot change a peer (boringtun).`,
    help: () => "Use the kernel's WireGuard or wireguard-go on this machine. Without an agent it stays on the hub.",
  },
  'ipv6-disabled': {
    exit: 1,
    message: ({ interface: name }) => `IPv6 is disabled on ${name}, and agents talk over link-local addresses.`,
    help: ({ interface: name }) => `Allow it with: sysctl -w net.ipv6.conf.${name}.disable_ipv6=0`,
  },
  'port-taken': {
    exit: 1,
    message: ({ port, interface: name }) =>
      `Another program has UDP port ${port} on the link-local address of ${name}.`,
    help: () => 'End it, or choose another port on every machine of the network with --port.',
  },
  'metrics-taken': {
    exit: 1,
    message: ({ place }) => `Another program serves at ${place}, where the configuration wants metrics.`,
    help: () => 'End it, or choose another place for "metrics" in the configuration.',
  },
  'metrics-unavailable': {
    exit: 1,
    message: ({ place, why }) => `Metrics cannot be served at ${place}: ${why}.`,
    help: () => 'Choose for "metrics" an address of this machine, or a path in a directory that is there.',
  },
  'address-missing': {
    exit: 1,
    message: ({ address, interface: name }) => `${name} is down or has lost its link-local address ${address}.`,
    help: ({ interface: name }) => `Bring it up with: ip link set ${name} up`,
  },
  'no-permission': {
    exit: 1,
    message: ({ what }) => `No permission for ${what}.`,
    help: () => 'Run wirelink as root, or with CAP_NET_ADMIN and access to /run/wirelink.',
  },
  'disk-full': {
    exit: 1,
    message: ({ path }) => `There is no room left to write ${path}.`,
    help: () => 'Make room there. What is not written down first is not changed.',
  },
  'socket-permission': {
    exit: 1,
    message: ({ path }) => `No permission for the agent's socket ${path}.`,
    help: () => 'Run the command as root, or add your user to the group wirelink and log in again.',
  },
  'tool-missing': {
    exit: 1,
    message: ({ tool }) => `The program ${tool} is not installed.`,
    help: ({ package: name }) => `Install it, on Debian with: apt-get install ${name}`,
  },
  'unknown-peer': {
    exit: 1,
    message: ({ peer }) => `No peer is called ${peer}, and no key begins so.`,
    help: () => 'List the peers with: wirelink peers',
  },
  'ambiguous-peer': {
    exit: 1,
    message: ({ peer, matches }) => `${peer} fits several peers: ${matches}.`,
    help: () => 'Give more of the key, or the name of one.',
  },
  'several-agents': {
    exit: 2,
    message: ({ interfaces }) => `Several agents run here: ${interfaces}.`,
    help: () => 'Say which one with --interface.',
  },
  'not-the-hub': {
    exit: 1,
    message: ({ interface: name, router }) =>
      `This machine is not the hub of ${name}: its packets to others go through ${router}.`,
    help: () => 'Run the command there: who is a member is decided on the hub.',
  },
  'name-taken': {
    exit: 1,
    message: ({ name, peer }) => `Another peer is called ${name} already: ${peer}.`,
    help: ({ name }) => `Choose another name, or remove that peer first: wirelink remove ${name}`,
  },
  'key-taken': {
    exit: 1,
    message: ({ key, where }) => `The key ${key} is on ${where} already.`,
    help: () => 'Each machine has a key of its own: give another one, or leave --public-key away to have one made.',
  },
  'address-taken': {
    exit: 1,
    message: ({ address, why }) => `${address} cannot be given to it: ${why}.`,
    help: () => 'Choose another one, or leave --address away for the next that is free.',
  },
  'no-free-address': {
    exit: 1,
    message: ({ interface: name }) => `${name} has no network with a free address.`,
    help: ({ interface: name }) =>
      `Remove members that are gone, or give ${name} an address in a wider network, such as 10.9.0.1/16.`,
  },
  'endpoint-unknown': {
    exit: 1,
    message: ({ interface: name }) => `At which public address ${name} is reached cannot be seen from here.`,
    help: ({ port }) => `Say it with: --endpoint <address or host name>:${port}`,
  },
  'quick-file-missing': {
    exit: 1,
    message: ({ path }) => `There is no ${path}, into which --save would write.`,
    help: () => 'Leave --save away, and write the peer to where the configuration of the interface is kept.',
  },
  'quick-file-saved': {
    exit: 1,
    message: ({ path }) => `${path} has SaveConfig = true: wg-quick itself writes it, from the interface.`,
    help: () => 'Leave --save away: wg-quick saves the change when it takes the interface down.',
  },
  'members-busy': {
    exit: 1,
    message: ({ interface: name }) => `Another command is changing the members of ${name}.`,
    help: () => 'Let it end, and repeat the command.',
  },
  'file-unwritable': {
    exit: 1,
    message: ({ path, why }) => `${path} could not be replaced: ${why}.`,
    help: () => 'It is written beside the old one and then takes its place, so its directory has to allow that.',
  },
  'bad-request': {
    exit: 1,
    message: ({ why }) => `The agent does not understand the request: ${why}.`,
    help: () => 'If command and agent are of different versions, start the agent again.',
  },
  'agent-busy': {
    exit: 1,
    message: ({ limit }) => `The agent serves no more than ${limit} at a time.`,
    help: () => 'Let one of the others end, and repeat the command.',
  },
  internal: {
    exit: 1,
    message: ({ message }) => `This is a bug in wirelink: ${message}`,
    help: () => 'Please report it, with the command and what was printed.',
  },
  usage: {
    exit: 2,
    message: ({ message }) => message ?? 'The command line is not understood.',
    help: ({ help }) => help ?? '',
  },
} satisfies Record<string, Problem>;

export type ProblemCode = keyof typeof problems;

export const problemCodes = Object.keys(problems) as readonly ProblemCode[];

/** The exit status for an error code that came over the control socket; one this version does not know is a 1. */
export const exitStatusOf = (code: string): ExitStatus => (isProblemCode(code) ? problems[code].exit : 1);

export class UserError extends Error {
  readonly code: ProblemCode;
  readonly exit: ExitStatus;
  readonly help: string;

  constructor(code: ProblemCode, about: Readonly<Record<string, string>> = {}) {
    const problem: Problem = problems[code];
    super(problem.message(about));
    this.name = 'UserError';
    this.code = code;
    this.exit = problem.exit;
    this.help = problem.help(about);
  }
}

export const isProblemCode = (code: string): code is ProblemCode => Object.hasOwn(problems, code);
