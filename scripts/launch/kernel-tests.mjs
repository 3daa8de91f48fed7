/** Which of the laboratory's tests run on the kernel's WireGuard, and whether a run of them was one. */

/**
 * Not among them: what is about wireguard-go's own socket (test/lab/agent, up.test.ts), and what is about nftables or
 * about programs that have nothing to do with WireGuard (lab-nat.test.ts, doctor.test.ts).
 */
export const FILES = ['lab', 'direct', 'faithful', 'lines', 'loss', 'undo', 'networks', 'errors', 'hostile'].map(
  (name) => `test/lab/${name}.test.ts`,
);

/** The scenarios of test/lab/faithful.test.ts, all of them. */
const SCENARIOS = [
  'two homes',
  'a symmetric and a port-restricted NAT',
  'a full cone and a symmetric NAT',
  'firewalls on both machines',
  'the hub restarts',
  'the path is cut, and heals',
  'an agent is stopped',
];

/**
 * What the simulator shows, shown again by the module; and enough to see each thing once that the module does its own
 * way. The rest is for `--all`.
 */
export const FEW = [
  ...SCENARIOS.map((scenario) => ({
    file: 'test/lab/faithful.test.ts',
    name: `has the same milestones and ends with the same paths: ${scenario}`,
  })),
  {
    file: 'test/lab/lines.test.ts',
    name: 'lose, delay and reorder packets become direct all the same, and stay so while traffic runs',
  },
  { file: 'test/lab/undo.test.ts', name: 'that is stopped by SIGTERM gives the interface back, and exits with 0' },
];

/**
 * `wanted.names` are the tests that had to run, `undefined` for all of a file's but those that `wanted.pattern` leaves
 * out. Answers an exit status and the reason in a sentence.
 */
export function judge(wanted, { greeted, late, exitStatus, report }) {
  const failed = (told) => ({ status: 1, told });
  if (!greeted) return failed('the kernel did not boot');
  if (late) return failed('the machine took too long and was ended');
  if (exitStatus === undefined) return failed('the machine ended before its work did: see what its kernel said');
  if (report === undefined) return failed(`the tests left no report, and ended with ${exitStatus}`);
  const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  const passed = tests.filter(({ status }) => status === 'passed');
  const broken = tests.filter(({ status }) => status === 'failed').length;
  const counts = `${passed.length} passed, ${broken} failed`;
  if (exitStatus !== '0' || broken > 0) return failed(`${counts}, exit status ${exitStatus}`);
  const absent = (wanted.names ?? []).filter(({ name }) => !passed.some(({ title }) => title === name));
  if (absent.length > 0) return failed(`${counts}, not run: ${absent.map(({ name }) => name).join('; ')}`);
  const skipped = wanted.names === undefined && wanted.pattern === undefined ? tests.length - passed.length : 0;
  if (skipped > 0) return failed(`${counts}, ${skipped} skipped`);
  if (passed.length === 0) return failed('no test ran');
  return { status: 0, told: counts };
}
