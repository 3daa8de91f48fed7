/** The simulated world, for those who develop or test an engine in it. */
export { star, starScenario, type SpokeOptions, type StarOptions } from './star.js';
export { World, type WorldOptions } from './world.js';
export type { Echo } from './pings.js';
export type { EngineFactory } from './agent/agent.js';
export type { Scenario, Step } from './scenario.js';
export { ADDRESS_RESTRICTED, FULL_CONE, nat, PORT_RESTRICTED, SYMMETRIC, UDP_BLOCKED } from './network/kinds.js';
export { noBlackHole } from './checkers/black-hole.js';
export { bothEnds, differences, noFault, noLoop } from './checkers/devices.js';
export { Watch, type Checker, type Violation } from './checkers/watch.js';
export { generate, type Generated } from './generate.js';
export { sequenceDiagram } from './diagram.js';
