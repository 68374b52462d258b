/** The name and the message of what a function throws. */
export const thrown = (read: () => unknown): unknown => {
  try {
    read();
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : error;
  }
  return 'nothing';
};
