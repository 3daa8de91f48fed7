/** Every duration and every limit of the engine, with why it has that value. */
import { millis, seconds } from './values/time.js';

// --- facts ---------------------------------------------------------------------------------------------------------

/** Four renewals may get lost before a fact expires; short enough that what a dead agent said is soon forgotten. */
export const FACT_TTL = seconds(255);
/** 1440 renewals a day of about 130 bytes on the wire: 0.2 MB per neighbour. */
export const RENEW_EVERY = seconds(60);
/**
 * The first renewal of a feed comes sooner. A host's firewall that lets only answers in forgets a flow after 30 s, but
 * after 120 s once it has seen packets both ways for more than a moment (Linux: 2 s). Then the later renewals keep it
 * open, and who has something to tell is let in at any time.
 */
export const FIRST_RENEWAL = seconds(10);
/** A passed-on fact lives shorter: it may be two renewals old when a router passes it on. */
export const PASSED_ON_TTL = seconds(135);
/** Changes that come together travel together: a greeting, the update behind it, the reading of the device they cause. */
export const COALESCE = millis(5);
/** A datagram with all headers and one more WireGuard header around it stays below IPv6's smallest MTU of 1280. */
export const MAX_DATAGRAM = 1100;
/** Pings of full size are longer, up to the MTU of what is called a jumbo frame. */
export const LONGEST_PROBE = 9000;
/** A name and the fields of later versions fit; passed on with its source, a fact stays far below a datagram. */
export const MAX_FACT_BYTES = 512;
/** Unacknowledged feed datagrams under way to one neighbour: 1000 facts in two round trips without flooding a link. */
export const FEED_WINDOW = 32;
/** First repetition of an unacknowledged datagram when no round trip has been measured yet. */
export const FIRST_RESEND = millis(300);
export const MAX_RESEND = seconds(8);
/** Repetitions without any answer after which a neighbour's agent counts as silent: 17 s after the first datagram. */
export const MAX_RESENDS = 5;

// --- agents --------------------------------------------------------------------------------------------------------

/** First repetition of a greeting; it doubles from here. */
export const HELLO_FIRST = millis(250);
/** A router's agent may be installed at any time and tells us everything: ask once a minute. */
export const HELLO_MAX_ROUTER = seconds(60);
/** Any other peer's agent greets by itself when it starts; phones without one should sleep. */
export const HELLO_MAX_PEER = seconds(900);
/** Greetings to a peer that has shown no sign of life: enough for a lost one, too few to keep waking a dead path. */
export const HELLO_TRIES_UNSEEN = 3;
/** WireGuard rejects a session after this; a peer without a younger handshake is not live. */
export const SESSION_LIFE = seconds(180);
/** Datagrams one neighbour may have forwarded at once, and how soon one more: an attempt needs about ten. */
export const FORWARD_BURST = 64;
export const FORWARD_ONE_IN = millis(30);
/**
 * Greetings and goodbyes that one neighbour can have taken in: each makes us read the device, is told in the log, and
 * may have all facts told anew. An honest agent greets when it starts or moves.
 */
export const GREETING_BURST = 16;
export const GREETING_ONE_IN = seconds(1);
/**
 * Updates that a neighbour that is no router can have taken in: each makes us judge all claims again. An honest one has
 * four at its start and one for each change; what is left out is repeated.
 */
export const UPDATE_BURST = 64;
export const UPDATE_ONE_IN = millis(60);
/** Claims kept of a neighbour that is no router: what it says of itself is far less. */
export const MAX_CLAIMS_OF_PEER = 256;
/** Neighbours whose agents are remembered; a hub of thousands fits. */
export const MAX_NEIGHBOURS = 8192;

// --- reading the device ----------------------------------------------------------------------------------------------

/** Neither kind of interface reports changes. A read costs 0.4 to 4 ms. */
export const POLL_IDLE = seconds(2);
/** While traffic moves on a direct path its counters are wanted sooner. */
export const POLL_MOVING = seconds(1);
/** How old a reading may be from which a list of the user's is written back. */
export const FRESH_ENOUGH = millis(50);
/** After the device refused a change. */
export const CONFIGURE_PAUSE = seconds(1);

// --- attempts --------------------------------------------------------------------------------------------------------

/** Lets the other end's invitation come first where its key is lower, so that one attempt is made and not two. */
export const YIELD_TO_LOWER_KEY = millis(250);
/** From an invitation to the handshake, where the other end may have to put us on its device first. */
export const PREPARING = millis(40);
/** First repetition of an invitation; each pause is so many times the one before. Together they last ten seconds. */
export const INVITE_RESEND = millis(300);
export const INVITE_GROWTH = 1.5;
export const INVITE_TRIES = 7;
/** Following an invitation changes the device: an end that keeps inviting gets this at most. */
export const INVITED_AT_MOST_EVERY = seconds(1);
/** A session through a router takes one and a half round trips; four seconds cover 300 ms round trips and three losses. */
export const SESSION_WAIT = seconds(4);
/** Repetition of the first ping while the session comes up. */
export const SESSION_PING_EVERY = millis(300);
/** How often the device is looked at while a handshake is under way; ever more rarely the longer it takes. A look costs 1 to 5 ms. */
export const LOOK_EVERY = millis(10);
/** How much later the second end begins to initiate: beyond the first one's handshake, so that they never cross (glare). */
export const INITIATOR_STAGGER = millis(300);
/** A kernel device reads the endpoint when it transmits: 20 ms apart ten of ten candidates reached the wire. */
export const CANDIDATE_SPACING = millis(20);
/** Each candidate is tried once a round: a victim named as candidate gets this many datagrams an attempt. */
export const PROBE_ROUNDS = 4;
/** Those in which the other end was not heard yet are so many at most: about as long as it waits for its session. */
export const UNHEARD_ROUNDS = 8;
/** Shortest pause between rounds: an answer over a slow path must have its chance. */
export const ROUND_PAUSE = millis(200);
/** Datagrams a peer can have sent to addresses that only it names and that never answered: at once, and per minute. */
export const UNPROVEN_BURST = 32;
export const UNPROVEN_PER_MINUTE = 4;
/** From how many other ports in a row proofs may come: two mappings are made on the way to a path that stands still. */
export const DRIFTS_MAX = 4;
/** Longest hold after a ping arrived on a direct path, before the remaining candidates are tried. */
export const HOLD_LIMIT = seconds(1);
/**
 * How long a handshake through the router has before it is begun anew, well below WireGuard's own 5 s: at least the first,
 * where it is known how long the way is, else the second, which a slow path needs.
 */
export const NESTED_SLOT_MIN = millis(300);
export const NESTED_SLOT = millis(700);
export const NESTED_GROWTH = 1.5;
/** How long one candidate of a cold start has: a handshake over a slow path, well below WireGuard's own 5 s. */
export const COLD_SLOT = millis(700);
/** Slots of a cold start, and how often it goes through them: at most 9 s, while the router carries the traffic. */
export const COLD_SLOTS = 6;
export const COLD_ROUNDS = 2;
export const MAX_CANDIDATES = 16;
/** With more than so many no other is begun: each has candidates tried, and the device takes one change at a time. */
export const MAX_ATTEMPTS_AT_ONCE = 32;
/** With more than so many no invitation is followed either: in a large mesh all others may invite at the same moment. */
export const MAX_ATTEMPTS_IN_ALL = 64;
/**
 * New addresses of one peer's that the kernel is asked the route of, each by a process of its own: twice what a peer can
 * have as candidates at once, then one in so long, however often it names others.
 */
export const ROUTES_ASKED_BURST = 32;
export const ROUTES_ASKED_ONE_IN = seconds(10);
/** Routes kept in mind: a thousand peers with a handful of addresses each. When there are more, all are asked anew. */
export const MAX_ROUTES = 8192;
/** Peers behind routers that are kept in mind. */
export const MAX_CONNECTIONS = 8192;
/** Repetition of PREPARE: at least this, else one round trip. */
export const STEP_RESEND_MIN = millis(100);
export const STEP_TRIES = 6;
/**
 * Repetition of COMMIT: at least this, else a sixth of a round trip. Until it is answered nobody knows whether both ends
 * have moved, and an end that gives up goes back. Where three of five answers get lost, a dozen in a row do in one move of
 * 460, twenty do in one of 27 000.
 */
export const COMMIT_RESEND_MIN = millis(25);
/** COMMIT unanswered: three round trips, at least this, as the other end has to change its device first. */
export const COMMIT_WAIT_MIN = millis(600);
/** A device that has not taken a change by then, also on a small machine, is not going to. */
export const DEVICE_WAIT = seconds(5);
/** WireGuard's own keepalive on a direct path: firewalls forget a flow after 30 s without an answer. */
export const KEEPALIVE_SECONDS = 25;
/** A round trip nobody has measured yet. */
export const ASSUMED_RTT = millis(200);

/** Pauses after attempts that found no path, in seconds; the last one repeats. News sets them back to the beginning. */
export const RETRY_SECONDS = [2, 5, 10, 30, 60, 120, 300, 600, 900] as const;
/** A pair that was direct will probably be so again: for a while it is tried at this pace. */
export const RETRY_LOST = seconds(2);
export const RETRY_LOST_FOR = seconds(120);
/** Endpoints that change all the time must not cause attempts all the time. */
export const NEWS_AT_MOST_EVERY = seconds(5);

// --- liveness of a direct path -----------------------------------------------------------------------------------------

/** How long a path counts as carrying traffic after some was seen. */
export const MOVING_FOR = seconds(10);
/** Pings while traffic moves. */
export const PING_EVERY = millis(500);
/** Pings once one went unanswered. */
export const PING_IN_DOUBT = millis(100);
/** A second without any answer, at least; at 13 % loss such a row comes about once in ten million pings. */
export const MISSES_TO_LOSE = 8;
/** The same when this machine's addresses changed under the path, which few paths survive. */
export const MISSES_OF_SUSPECT = 3;
/** A path on which more pings than not get lost has this many at most: four seconds. */
export const MISSES_TO_LOSE_MAX = 40;
/** A row of misses counts as an outage when chance alone, with the loss that was measured, makes one in so many pings. */
export const MISTAKEN_ONE_IN = 10_000_000;
export const MISTAKEN_FULL_ONE_IN = 10_000_000_000;
/** Pings of full size while traffic moves: data may stop to pass where small pings do not. */
export const FULL_PING_EVERY = seconds(3);
/** Once one of them went unanswered. */
export const FULL_PING_IN_DOUBT = millis(200);
export const PONG_WAIT_MIN = millis(150);
export const PONG_WAIT_MAX = seconds(2);
/** After the other end restarted: to agree again, or fall back. */
export const REAGREE_WITHIN = seconds(4);
/** From news to a try of a better path, and twice that at the end that is second: the other end hears the news as well. */
export const BETTER_AFTER = seconds(2);
/** How much shorter a round trip has to be. Less than 5 ms nobody notices, and a busy machine takes as long to answer. */
export const BETTER_BY = millis(5);
/** And by how many percent: a longer one varies more. */
export const BETTER_BY_PERCENT = 20;
/** Pings of the present path before a trial; the shortest counts, so that one that was held up makes nothing look better. */
export const BETTER_SAMPLES = 3;
/** Tries of a better path at one peer, and so changes of a path that works. */
export const BETTER_AT_MOST_EVERY = seconds(60);
/** For how long packets of a trial, and answers to them, may still take a device to what lost it: slow lines, and readings 2 s apart. */
export const TRIAL_ECHOES = seconds(5);
/** Meanwhile the device is read so often: what leaves before it is back draws more. */
export const RETURN_LOOKS = millis(50);
/** How long the device has to stand at another address before the path counts as moved there: a late packet takes it there for less. */
export const ELSEWHERE_FOR = millis(500);
/** LOST is repeated until it is acknowledged. */
export const LOST_RESEND = millis(300);
export const LOST_TRIES = 5;
/** On stop: how long the others have to answer a goodbye. */
export const GOODBYE_WAIT = millis(300);
/** A lost goodbye is said again while there is time. */
export const GOODBYE_RESEND = millis(120);

// --- views -----------------------------------------------------------------------------------------------------------

/** Notices about refused claims in that time; the claims themselves are kept for `facts --rejected`. */
export const REFUSALS_TOLD = 5;
export const REFUSALS_TOLD_PER = seconds(10);
