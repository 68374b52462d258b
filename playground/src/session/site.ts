/** Where the parts of the site are, whatever folder of a host it lies in. */
export interface Site {
  /** The exported model's folder. */
  readonly folder: URL;
  /** What `cvae-compile assets` copies. */
  readonly ort: URL;
}

/** The site that this page is the index of. */
export const siteOf = (base: string): Site => ({ folder: new URL('model/', base), ort: new URL('ort/', base) });
