/** `doctor`: reads the machine, then judges. */
import type { CheckView } from '../../core/views.js';
import { examine } from './checks.js';
import { readMachine, type AgentReading } from './reading.js';

export { onlyInterface } from './reading.js';

/** Throws `UserError` as `readMachine` does. */
export const diagnose = async (interfaceName: string, agent: AgentReading | undefined): Promise<readonly CheckView[]> =>
  examine(await readMachine(interfaceName, agent));
