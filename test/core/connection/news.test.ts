/** News that come all at once. */
import { describe, expect, it } from 'vitest';
import { Connection } from '../../../src/core/connection/connection.js';
import { hearFacts } from '../../../src/core/connection/news.js';
import { enterProbing } from '../../../src/core/connection/probe.js';
import { instant } from '../../../src/core/values/time.js';
import { about, answers, HUB, says, SPOKE } from '../support/network.js';
import { ATTEMPT, MEMBER, Stage } from '../support/scene.js';

describe('a peer whose candidates are being tried', () => {
  const claims = [...MEMBER, says(HUB, answers(SPOKE, '203.0.113.3:51820'))];

  it('is tried at a new endpoint at once', () => {
    const { stage, connection } = probing();
    const scene = stage.scene({ claims: [...claims, says(HUB, answers(SPOKE, '203.0.113.9:51820'))] });
    const belief = scene.belief(SPOKE);
    if (belief !== undefined) hearFacts(connection, belief, scene);
    expect(connection.state).toMatchObject({ name: 'probing', plan: ['203.0.113.9:51820', '203.0.113.3:51820'] });
  });

  it('is given up when its address is no longer granted, also when a new endpoint comes with that news', () => {
    const { stage, connection } = probing();
    const scene = stage.scene({
      claims: [says(HUB, about(SPOKE, 'member', {})), says(HUB, answers(SPOKE, '203.0.113.9:51820'))],
    });
    const belief = scene.belief(SPOKE);
    if (belief !== undefined) hearFacts(connection, belief, scene);
    expect(connection.state.name).toBe('idle');
  });

  function probing(): { stage: Stage; connection: Connection } {
    const stage = new Stage();
    const connection = new Connection(SPOKE);
    connection.enter({
      name: 'inviting',
      attempt: ATTEMPT,
      sendAt: instant(0),
      sentAt: instant(0),
      tries: 1,
      aimAt: undefined,
    });
    enterProbing(connection, ATTEMPT, stage.scene({ claims }));
    return { stage, connection };
  }
});
