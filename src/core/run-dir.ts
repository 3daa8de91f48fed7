/** Where an agent and the commands that ask it find each other: the one place that both must agree on. */

/** `/run/wirelink`, or what WIRELINK_RUN_DIR says: agents that run without root, and laboratories, have their own. */
export const runDirectory = (environment: Readonly<Record<string, string | undefined>>): string =>
  environment['WIRELINK_RUN_DIR'] ?? '/run/wirelink';

const SOCKET_SUFFIX = '.sock';

/** The control socket of the agent for an interface. */
export const socketIn = (directory: string, interfaceName: string): string =>
  `${directory}/${interfaceName}${SOCKET_SUFFIX}`;

/** The interface whose control socket a file of that name is; `undefined` for an agent's other files. */
export const interfaceOfSocket = (fileName: string): string | undefined =>
  fileName.endsWith(SOCKET_SUFFIX) ? fileName.slice(0, -SOCKET_SUFFIX.length) : undefined;
