import type { AgentReading } from '../agent/doctor/reading.js';
import { interfaceName, usage } from '../cli/arguments.js';
import { BaseCommand } from '../cli/base-command.js';
import type { DoctorView } from '../core/views.js';

export default class Doctor extends BaseCommand {
  static override summary = 'Look for what usually goes wrong, each with the command that mends it';
  static override description =
    'Reads the interface, the machine and what the agent knows; changes nothing. Needs root. Ends with status 1 when ' +
    'something is wrong.';
  static override examples = [
    { description: 'Why does it not connect', command: '<%= config.bin %> doctor' },
    { description: 'Before an agent runs', command: '<%= config.bin %> doctor --interface wg0' },
  ];

  override async run(): Promise<DoctorView> {
    const { flags } = await this.parse(Doctor);
    const given = flags.interface === undefined ? undefined : interfaceName(flags.interface);
    const asked = await this.askIfAny(given);
    const { diagnose, onlyInterface } = await import('../agent/doctor/index.js');
    const name = given ?? asked?.interface ?? (await onlyInterface());
    if (name === undefined) throw usage('Which interface?', 'Name it: wirelink doctor --interface wg0');
    const agent: AgentReading | undefined = asked && { self: asked.self, peers: asked.peers };
    const report = { interface: name, checks: await diagnose(name, agent) };
    const view = await this.view(() => import('../cli/render/doctor.js'));
    if (view !== undefined) this.print(view.render.renderDoctor(report, view.screen));
    if (report.checks.some(({ outcome }) => outcome === 'wrong')) process.exitCode = 1;
    return report;
  }
}
