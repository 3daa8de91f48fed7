import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { saveConfigWarning, savesConfig } from '../../src/agent/wg-quick.js';

describe('wg-quick saves the interface', () => {
  it.each([
    ['as its manual writes it', '[Interface]\nSaveConfig = true\n[Peer]\n', true],
    ['in any case and without blanks', '[INTERFACE]\n  saveconfig=TRUE # yes\n', true],
    ['not when it says false', '[Interface]\nSaveConfig = false\n', false],
    ['not when that is a comment', '[Interface]\n# SaveConfig = true\n', false],
    ['not when it stands with a peer', '[Peer]\nSaveConfig = true\n', false],
    ['not when it says nothing', '[Interface]\nAddress = 10.9.0.2/24\n', false],
  ])('%s', (_, text, saves) => {
    expect(savesConfig(text)).toBe(saves);
  });

  it('which is warned of, with the file and what to do', () => {
    const folder = mkdtempSync(join(tmpdir(), 'wirelink-wg-quick-'));
    try {
      expect(saveConfigWarning('wg0', folder)).toBeUndefined();
      writeFileSync(join(folder, 'wg0.conf'), '[Interface]\nSaveConfig = true\n');
      expect(saveConfigWarning('wg0', folder)).toEqual({
        code: 'save-config',
        text: expect.stringContaining(`${folder}/wg0.conf has SaveConfig = true`) as string,
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
