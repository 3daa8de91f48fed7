/** The version of package.json, which is not at hand once everything is bundled into one file; a test compares them. */
export const VERSION = '0.1.0';
