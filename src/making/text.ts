/** Returns text as a string literal of TypeScript. */
export const quoted = (text: string): string => {
  // JSON escapes what a literal cannot hold.
  const inner = JSON.stringify(text)
    .slice(1, -1)
    .replaceAll(String.raw`\"`, '"')
    .replaceAll("'", String.raw`\'`);
  return `'${inner}'`;
};

/** Returns a number as short text, rounded to `digits` digits. */
export const rounded = (value: number, digits = 4): string => `${Number(value.toPrecision(digits))}`;

/** Returns the text of a cell for a line that has more: of lines one, and the beginning of a long one. */
export const short = (text: string): string => {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > 40 ? `${line.slice(0, 40)}…` : line;
};

/**
 * Returns a call with its arguments, in several lines if it is longer than a line: `indent` is how far its line is indented, and `before`
 * how long what stands in front of it there is.
 */
export const called = (name: string, args: readonly string[], indent: number, before = 0): string => {
  const one = `${name}(${args.join(', ')})`;
  if (indent + before + one.length <= WIDTH) return one;
  return [`${name}(`, ...wrapped(args, indent + 2), `${' '.repeat(indent)})`].join('\n');
};

/** Returns a list in lines that are not too long, each with a comma at its end. */
export const wrapped = (items: readonly string[], indent: number): readonly string[] => {
  const lines = items.reduce<string[]>(
    (before, item) => {
      const last = before.at(-1) ?? '';
      const longer = last === '' ? item : `${last}, ${item}`;
      if (last !== '' && indent + longer.length + 1 > WIDTH) return [...before, item];
      return [...before.slice(0, -1), longer];
    },
    [''],
  );
  return lines.map((line) => `${' '.repeat(indent)}${line},`);
};

/** The longest line of a definition. */
export const WIDTH = 110;

/** Words that a name in a definition cannot be: those of the language, of models, and those that a written definition imports. */
const TAKEN = new Set(
  (
    'y z mean logVar noise mask beta learningRate targets data training categorical concat constant continuous cvae dense gaussian gru heads hurdle logNormal mlp normal steps zeroInflated ' +
    'normalScores csv json parquet arrow monthOf seasonOf weekdayOf hourOf yearOf URL await break case catch class const continue debugger default delete ' +
    'do else enum export extends false finally for function if implements import in instanceof interface let new null package private ' +
    'protected public return static super switch this throw true try typeof var void while with yield arguments eval undefined'
  ).split(' '),
);

/** Letters that no mark makes of Latin ones. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss', ẞ: 'SS', ø: 'o', Ø: 'O', æ: 'ae', Æ: 'AE', œ: 'oe', Œ: 'OE', ł: 'l', Ł: 'L', đ: 'd', Đ: 'D', ı: 'i', þ: 'th', Þ: 'Th',
}; // prettier-ignore

/** Returns a name that a definition can have for a column, different from those that are used, which it joins. */
export const nameFor = (column: string, used: Set<string>): string => {
  const plain = column
    .replaceAll(/[ßẞøØæÆœŒłŁđĐıþÞ]/g, (letter) => LETTERS[letter] ?? letter)
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^A-Za-z0-9_]+/g, '_')
    .replace(/^_+|_+$/g, '');
  const begun = /^[A-Za-z]/.test(plain) ? plain : `c${plain === '' ? '' : `_${plain}`}`;
  let name = TAKEN.has(begun) ? `${begun}_` : begun;
  for (let i = 2; used.has(name) || used.has(`${name}_mask`); i++) name = `${begun}_${i}`;
  used.add(name);
  return name;
};
