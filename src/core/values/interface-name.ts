/** Which names may stand for an interface. */

/** The kernel's IFNAMSIZ leaves that many for a name. */
const LONGEST_BYTES = 15;

/**
 * Whether the kernel could call an interface so (no slash, no space, no colon). What fails this must neither become part
 * of a path nor an argument; a leading dash is legal for the kernel but an option for every tool.
 */
export const isInterfaceName = (text: string): boolean =>
  /^[^\s/:\p{Cc}-][^\s/:\p{Cc}]*$/u.test(text) &&
  text !== '.' &&
  text !== '..' &&
  new TextEncoder().encode(text).length <= LONGEST_BYTES;
