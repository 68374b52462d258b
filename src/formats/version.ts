/** The version of these types that is written, and the newest that is read. Unknown keys are ignored. */
export const FORMAT = 1;
