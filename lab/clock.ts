/** One clock for everything that is measured: the system's monotonic one, which processes and namespaces share. */

/** Milliseconds since some moment that means nothing. `performance.now()` counts from the start of each process. */
export const monotonic = (): number => Number(process.hrtime.bigint()) / 1e6;
