/** Loads the messages about calls and files that do not fit a model, which a page needs only then. */
export const callErrors = () => import('./call-errors.ts');
