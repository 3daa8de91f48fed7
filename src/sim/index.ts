/** The simulated world, for those who develop or test an engine in it. */
export { star, starScenario, type SpokeOptions, type StarOptions } from './star.js';
export { World, type WorldOptions } from './world.js';
export type { Echo } from './pings.js';
export type { EngineFactory } from './agent/agent.js';
export type { Scenario, Step, TimedStep } from './scenario.js';
export { ADDRESS_RESTRICTED, FULL_CONE, nat, PORT_RESTRICTED, SYMMETRIC, UDP_BLOCKED } from './network/kinds.js';
export { noBlackHole } from './checkers/black-hole.js';
export { bothEnds, differences, noFault, noLoop } from './checkers/devices.js';
export { Watch, type Checker, type Violation } from './checkers/watch.js';
export { describeScenario } from './worlds/describe.js';
export { drawWorld, FEWEST_HOSTS, MOST_HOSTS, type DrawnWorld } from './worlds/draw.js';
export { SCENARIOS, type NamedScenario } from './scenarios/index.js';
export { runTrial, type Outcome, type TrialOptions } from './worlds/trial.js';
export { sequenceDiagram } from './diagram.js';
