/** The version of these formats that is written, unless the model needs a later one. Unknown keys are ignored. */
export const FORMAT = 1;

/**
 * The newest version that is read: that of models whose decoder writes y step by step, or whose files take classes by their
 * indices, which a reader of an earlier version could not use, and refuses.
 */
export const NEWEST = 2;
