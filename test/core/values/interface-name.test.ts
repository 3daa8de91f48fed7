import { expect, it } from 'vitest';
import { isInterfaceName } from '../../../src/core/values/interface-name.js';

it('takes for an interface what the kernel could call one', () => {
  for (const name of ['wg0', 'wg-home', 'a.b_c', 'fünf', 'wg0123456789abc']) expect(isInterfaceName(name)).toBe(true);
});

it('takes for no interface what would leave the directory, be an option, or be too long', () => {
  for (const name of ['', '.', '..', '../wg0', 'a/b', '-wg0', 'wg 0', 'wg\n', 'wg:0', 'wg0123456789abcd']) {
    expect(isInterfaceName(name)).toBe(false);
  }
});
