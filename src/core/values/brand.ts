declare const brand: unique symbol;

/** A value that was checked once, at the edge; everything behind the edge may rely on its form. */
export type Brand<Value, Name extends string> = Value & { readonly [brand]: Name };
