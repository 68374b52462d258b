/** Returns a number's text with minus signs in place of its hyphens, for people to read: `−4.2`, `1e−7`. */
export const withMinus = (text: string): string => text.replaceAll('-', '−');
