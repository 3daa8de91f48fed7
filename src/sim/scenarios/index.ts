/** All named scenarios: the everyday ones, and one for each bug that a random world found. */
import { EVERYDAY } from './everyday.js';
import { FOUND } from './found.js';
import type { NamedScenario } from './scenario-file.js';

export type { NamedScenario };

export const SCENARIOS: Readonly<Record<string, NamedScenario>> = { ...EVERYDAY, ...FOUND };
