/** Keeps this branch compiling until the agent itself is merged. */
export interface RunOptions {
  readonly interface: string;
  readonly port: number | undefined;
  readonly connect: 'auto' | 'manual';
  readonly config: string | undefined;
}

export const runAgent = (options: RunOptions): Promise<void> =>
  Promise.reject(new Error(`no agent for ${options.interface}`));

export const restore = (interfaceName: string): Promise<void> =>
  Promise.reject(new Error(`no agent for ${interfaceName}`));
