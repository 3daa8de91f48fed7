/** What an agent is started with: the command line first, then the configuration file, then the defaults. */
import { UserError } from '../core/errors.js';
import type { Policy } from '../core/policy.js';
import { isInterfaceName } from '../core/values/interface-name.js';
import type { Cause } from '../core/views.js';
import { defaultConfigPath, readConfig, type AgentConfig } from './config/index.js';
import { publicMetricsWarning } from './metrics/place.js';
import { saveConfigWarning } from './wg-quick.js';

export interface GivenSettings {
  readonly interface: string;
  /** The agents' UDP port; `undefined` leaves it to the configuration, and that to the default. */
  readonly port: number | undefined;
  /** `undefined` leaves it to the configuration. */
  readonly connect: 'auto' | 'manual' | undefined;
  /** A configuration file that must be there; `undefined` for the default one, which may be missing. */
  readonly config: string | undefined;
}

export interface Settings {
  readonly port: number;
  readonly policy: Policy;
  readonly endpoints: AgentConfig['endpoints'];
  readonly metrics: AgentConfig['metrics'];
  /** What is amiss around the interface and does not keep the agent from running. */
  readonly warnings: readonly Cause[];
}

/** Where agents find each other, as docs/PROTOCOL.md has it. */
const DEFAULT_PORT = 51821;

/** Throws `UserError`: `interface-missing` for what can be no interface's name, and `configuration`. */
export function readSettings({ interface: name, port, connect, config: file }: GivenSettings): Settings {
  checkName(name);
  const config = readConfig(file, defaultConfigPath(name));
  const saving = saveConfigWarning(name);
  return {
    port: port ?? config.port ?? DEFAULT_PORT,
    policy: { ...config.policy, connect: connect ?? config.policy.connect },
    endpoints: config.endpoints,
    metrics: config.metrics,
    warnings: [saving, publicMetricsWarning(config.metrics)].filter((warning) => warning !== undefined),
  };
}

/** The file that `readSettings` reads, if it is there. */
export const configFile = ({ interface: name, config }: Pick<GivenSettings, 'interface' | 'config'>): string =>
  config ?? defaultConfigPath(name);

export function checkName(interfaceName: string): void {
  if (!isInterfaceName(interfaceName)) throw new UserError('interface-missing', { interface: interfaceName });
}
