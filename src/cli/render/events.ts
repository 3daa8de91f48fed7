/** The text of `wirelink events`: a line for each, under the day on which it happened. */
import type { EventView } from '../../core/happenings.js';
import { labelOf } from './names.js';
import type { Screen } from './screen.js';
import { wrap } from './text.js';

export function renderEvents(events: readonly EventView[], screen: Screen): string {
  if (events.length === 0) return 'Nothing has happened yet.';
  return events.map(eventRenderer(screen)).join('\n');
}

/** For events one after the other: a day is told when it begins. */
export function eventRenderer(screen: Screen): (event: EventView) => string {
  let day = '';
  return (event) => {
    const at = new Date(event.at);
    const [before, time] = [day, twoDigits(at.getHours(), at.getMinutes(), at.getSeconds())];
    day = `${at.getFullYear()}-${twoDigits(at.getMonth() + 1, at.getDate()).replace(':', '-')}`;
    const head = day === before ? '' : `${before === '' ? '' : '\n'}${screen.paint.dim(day)}\n`;
    return head + renderEvent(event, time, screen);
  };
}

function renderEvent(event: EventView, time: string, screen: Screen): string {
  const { paint, width } = screen;
  const lead = `${time}  `;
  const who = event.peer === undefined ? '' : `${labelOf(event.peer, event.name)}: `;
  const lines = wrap(`${who}${textOf(event)}`, width, lead).slice(lead.length);
  const said = lines.startsWith(who) ? paint.bold(who) + painted(event, lines.slice(who.length), screen) : lines;
  return paint.dim(lead) + said;
}

function textOf({ type, text, path, was }: EventView): string {
  switch (type) {
    case 'path':
      return was === 'direct' && path !== 'direct' ? `was direct, now ${text}` : text;
    case 'refused':
      return `not believed, ${text}`;
    case 'warning':
      return `warning: ${text}`;
    case 'start':
    case 'agent':
    case 'reload':
      return text;
  }
}

function painted({ type, path, code }: EventView, text: string, { paint }: Screen): string {
  const lines = (paintLine: (line: string) => string): string => text.split('\n').map(paintLine).join('\n');
  if (type === 'warning' || type === 'refused' || code === 'refused') return lines((line) => paint.yellow(line));
  if (path === 'direct') return lines((line) => paint.green(line));
  return path === 'offline' || code === 'contact-lost' ? lines((line) => paint.red(line)) : text;
}

const twoDigits = (...numbers: readonly number[]): string =>
  numbers.map((number) => String(number).padStart(2, '0')).join(':');
