/** The version of these formats that is written, and the newest that is read. Unknown keys are ignored. */
export const FORMAT = 1;
