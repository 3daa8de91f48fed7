/** All that an agent is made of, in memory: its machine, and the hands that stop it, hurry it and have it read again. */
import type { AgentParts } from '../../../src/agent/agent.js';
import { Configuration } from '../../../src/agent/configuration.js';
import type { Handlers } from '../../../src/agent/control/client.js';
import { History } from '../../../src/agent/history.js';
import type { Settings } from '../../../src/agent/settings.js';
import { DEFAULT_POLICY } from '../../../src/core/policy.js';
import { linkLocal } from '../../../src/core/values/key.js';
import { testKey } from '../../support/keys.js';
import { Machine } from './machine.js';

export const SETTINGS: Settings = {
  port: 51821,
  policy: DEFAULT_POLICY,
  endpoints: new Map(),
  metrics: undefined,
  warnings: [],
};

export class Life {
  readonly machine = new Machine();
  readonly parts: AgentParts;
  /** What clients get, once they are served. */
  served: Handlers | undefined;
  /** What the configuration says when it is read the next time. */
  settings: () => Settings = () => SETTINGS;
  stop: () => void = () => undefined;
  hurry: () => void = () => undefined;
  fail: (error: Error) => void = () => undefined;
  reload: () => void = () => undefined;

  constructor() {
    const { machine } = this;
    const { steps, engine } = machine;
    const bug = new Promise<never>((_resolve, reject) => (this.fail = reject));
    bug.catch(() => undefined);
    this.parts = {
      interface: machine.interface,
      port: machine.port,
      incarnation: machine.incarnation,
      device: machine.device,
      host: machine.host,
      journal: machine.journal,
      openSocket: machine.openSocket,
      clock: machine.clock,
      log: machine.log,
      createEngine: () => {
        steps.push('engine');
        return engine;
      },
      undo: () => {
        steps.push('undo');
        return Promise.resolve();
      },
      server: {
        serve: (handlers) => {
          steps.push('serve');
          this.served = handlers;
        },
        close: () => undefined,
      },
      startGuardian: () => {
        steps.push('guardian');
        return { dismiss: () => steps.push('dismiss') };
      },
      onNotice: () => undefined,
      onReady: (ready) => steps.push(JSON.stringify(ready)),
      service: {
        listens: false,
        ready: () => undefined,
        status: () => undefined,
        reload: (work) => {
          steps.push('reloading');
          const result = work();
          steps.push('reloaded');
          return result;
        },
        stopping: () => undefined,
        close: () => undefined,
      },
      configuration: new Configuration({ file: '/nowhere/wg0.yaml', read: () => this.settings() }),
      history: new History({ now: () => new Date() }),
      lookUp: () => Promise.reject(new Error('nobody is asked')),
      interruptions: {
        stop: new Promise((resolve) => {
          this.stop = () => {
            resolve('stop');
          };
        }),
        hurry: new Promise((resolve) => {
          this.hurry = () => {
            resolve('hurry');
          };
        }),
        bug,
        onReload: (listener) => {
          this.reload = listener;
          return () => {
            this.reload = () => undefined;
          };
        },
      },
    };
    engine.answer = (event) => {
      if (event.type === 'stop') return [{ type: 'finished' }];
      return event.type === 'host' ? [{ type: 'send', to: linkLocal(testKey(1)), bytes: Uint8Array.of(1) }] : [];
    };
  }
}
