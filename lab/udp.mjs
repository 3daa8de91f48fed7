/**
 * A UDP socket in a machine, driven from outside (udp.ts): one JSON object a line in and out.
 *
 *   node udp.mjs PORT
 *   in:  {"send": {"to", "port", "text"}}                 one datagram, answered by {"done": true}
 *        {"stream": {"to", "port", "perSecond", "ttl"}}   numbered datagrams at that pace, until
 *        {"halt": true}                                   which answers {"sent": N, "begun": when}
 *        {"await": {"sentAfter"}}                         answers {"arrival"} once one sent after that moment is here
 *        {"report": true}                                 answers {"arrivals": [[number, sentAt, arrivedAt], …]}
 *   out: {"port"} at the start; {"from", "port", "text"} for each datagram that is not of a stream
 *
 * Times are milliseconds of the machine's monotonic clock, which all namespaces share.
 */
import { createSocket } from 'node:dgram';
import { createInterface } from 'node:readline';

/** Timers fire a millisecond late or more, so each turn of the stream sends what has become due since the last. */
const TURN_MS = 2;
const RECEIVE_BUFFER_BYTES = 4 << 20;
const STREAM_MARK = 0xf7;
const STREAM_BYTES = 200;

const now = () => Number(process.hrtime.bigint()) / 1e6;
const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

const socket = createSocket({ type: 'udp4', recvBufferSize: RECEIVE_BUFFER_BYTES });
const arrivals = [];
let turns;
let begun = 0;
let sent = 0;
/** A datagram sent after this moment is awaited. */
let awaited = Infinity;

socket.on('message', (bytes, { address, port }) => {
  if (bytes[0] === STREAM_MARK) arrived([bytes.readUInt32BE(1), bytes.readDoubleBE(5), now()]);
  else say({ from: address, port, text: bytes.toString() });
});
// A route that is missing for a moment is a datagram lost, which is what we are here to count.
socket.on('error', () => undefined);
socket.bind(Number(process.argv[2]), () => say({ port: socket.address().port }));

function arrived(arrival) {
  arrivals.push(arrival);
  if (arrival[1] < awaited) return;
  awaited = Infinity;
  say({ arrival });
}

const obey = {
  send: ({ to, port, text }) => socket.send(text, port, to, () => say({ done: true })),
  stream: ({ to, port, perSecond, ttl }) => {
    if (ttl !== undefined) socket.setTTL(ttl);
    begun = now();
    sent = 0;
    turns = setInterval(() => {
      for (const due = ((now() - begun) / 1000) * perSecond; sent < due; sent++) {
        const datagram = Buffer.alloc(STREAM_BYTES, STREAM_MARK);
        datagram.writeUInt32BE(sent, 1);
        datagram.writeDoubleBE(now(), 5);
        socket.send(datagram, port, to, () => undefined);
      }
    }, TURN_MS);
  },
  halt: () => {
    clearInterval(turns);
    say({ sent, begun });
  },
  await: ({ sentAfter }) => {
    const arrival = arrivals.find(([, sentAt]) => sentAt >= sentAfter);
    if (arrival === undefined) awaited = sentAfter;
    else say({ arrival });
  },
  report: () => say({ arrivals }),
};

createInterface({ input: process.stdin })
  .on('line', (line) => {
    for (const [verb, about] of Object.entries(JSON.parse(line))) obey[verb](about);
  })
  .on('close', () => process.exit());
