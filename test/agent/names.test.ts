import { beforeEach, describe, expect, it } from 'vitest';
import { Names } from '../../src/agent/names.js';
import { instant } from '../../src/core/values/time.js';
import { testKey } from '../support/keys.js';
import { peerView, ScriptedEngine } from '../support/scripted-engine.js';

const [hub, spoke] = [testKey(1), testKey(2)];

let now: number;
let asked: number;
let engine: ScriptedEngine;
let names: Names;
beforeEach(() => {
  now = asked = 0;
  engine = new ScriptedEngine();
  engine.known = [peerView(hub, { name: 'hub' }), peerView(spoke)];
  names = new Names({ now: () => instant(now) });
  names.askFrom({
    handle: () => [],
    wakeAt: () => undefined,
    self: () => undefined,
    facts: () => [],
    peers: () => {
      asked++;
      return engine.known;
    },
  });
});

describe('names', () => {
  it('are the engine’s, which is asked once for a thousand lines', () => {
    for (let line = 0; line < 1000; line++) {
      expect(names.of(hub)).toBe('hub');
      expect(names.of(spoke)).toBeUndefined();
    }
    expect(asked).toBe(1);
  });

  it('are found a moment after they were given, and followed when they change', () => {
    expect(names.of(spoke)).toBeUndefined();
    engine.known = [peerView(hub, { name: 'centre' }), peerView(spoke, { name: 'nas' })];
    now += 60;
    expect(names.of(spoke)).toBe('nas');
    engine.known = [peerView(spoke, { name: 'cellar' })];
    now += 1001;
    expect(names.of(spoke)).toBe('cellar');
  });

  it('are nobody’s before there is an engine', () => {
    expect(new Names({ now: () => instant(0) }).of(hub)).toBeUndefined();
  });
});
