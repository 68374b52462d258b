import { jsData, type Refused } from '../loose.ts';

/** What sources of data refuse. */
export const SOURCES = {
  csv: [
    ['no path', () => jsData.csv(), 'csv: expected a path, got nothing; say where the data are'],
    [
      'a list of options',
      () => jsData.csv('weather.csv', []),
      'csv: expected options as an object, got an array of 0; give { delimiter, encoding, decimal, thousands, signs, test, validation, seed, missing, missingValues, … }',
    ],
    [
      'no target',
      () => jsData.csv('weather.csv', { condition: {} }),
      'csv: expected a column, several, or a variable as target, got nothing; correct it',
    ],
    [
      'columns beside a target, which names them',
      () => jsData.csv('weather.csv', { target: 'rain', columns: { y: 'rain' } }),
      'csv: expected the options condition, target, delimiter, encoding, decimal, thousands, signs, test, validation, seed, …, got columns; correct it or leave it out',
    ],
    [
      'columns as a list',
      () => jsData.csv('weather.csv', { columns: ['rain'] }),
      'csv: expected columns by variable as columns, got an array of 1; correct it',
    ],
    [
      'a column to derive by its name',
      () => jsData.csv('weather.csv', { derive: { month: 'date' } }),
      'csv: expected a function of a line for each column as derive, got an object; correct it',
    ],
    [
      'another decimal sign',
      () => jsData.csv('weather.csv', { decimal: ';' }),
      "csv: expected '.' or ',' as decimal, got \";\"; correct it",
    ],
    [
      'a condition called y',
      () => jsData.csv('weather.csv', { condition: { y: 'continuous' }, target: 'rain' }),
      'csv: expected a name of letters, digits and _, other than y and mask as a condition, got "y"; correct it',
    ],
    [
      'a condition of two words',
      () => jsData.csv('weather.csv', { condition: { 'the month': 'continuous' }, target: 'rain' }),
      'csv: expected a name of letters, digits and _, other than y and mask as a condition, got "the month"; correct it',
    ],
    [
      'another kind of variable',
      () => jsData.csv('weather.csv', { condition: { month: 'number' }, target: 'rain' }),
      'csv: expected categorical, continuous, or a variable as month, got "number"; correct it',
    ],
    [
      'a test in percent',
      () => jsData.csv('weather.csv', { target: 'rain', test: 10 }),
      'csv: expected a fraction between 0 and 1 as test, got 10; correct it',
    ],
    [
      'a misspelt delimiter',
      () => jsData.csv('weather.csv', { target: 'rain', delimeter: ';' }),
      'csv: expected the options condition, target, delimiter, encoding, decimal, thousands, signs, test, validation, seed, …, got delimeter; did you mean delimiter?',
    ],
  ],
  json: [
    ['no path', () => jsData.json(), 'json: expected a path, got nothing; say where the data are'],
    [
      'a delimiter',
      () => jsData.json('days.jsonl', { delimiter: ';' }),
      'json: expected the options test, validation, seed, missing, missingValues, units, scaling, columns, derive, by, …, got delimiter; correct it or leave it out',
    ],
  ],
  parquet: [
    ['no path', () => jsData.parquet(), 'parquet: expected a path, got nothing; say where the data are'],
    [
      'a delimiter',
      () => jsData.parquet('days.parquet', { delimiter: ';' }),
      'parquet: expected the options test, validation, seed, missing, missingValues, units, scaling, columns, derive, by, …, got delimiter; correct it or leave it out',
    ],
  ],
  arrow: [
    ['no path', () => jsData.arrow(), 'arrow: expected a path, got nothing; say where the data are'],
    [
      'a delimiter',
      () => jsData.arrow('days.arrow', { delimiter: ';' }),
      'arrow: expected the options test, validation, seed, missing, missingValues, units, scaling, columns, derive, by, …, got delimiter; correct it or leave it out',
    ],
  ],
  npz: [
    ['no path', () => jsData.npz(), 'npz: expected a path, got nothing; say where the data are'],
    [
      'units',
      () => jsData.npz('days.npz', { units: {} }),
      'npz: expected the options test, validation, seed, scaling, columns, got units; correct it or leave it out',
    ],
    [
      'a list of arrays',
      () => jsData.npz('days.npz', { columns: ['x'] }),
      'npz: expected arrays by variable as columns, got an array of 1; correct it',
    ],
  ],
  npy: [
    [
      'no path',
      () => jsData.npy({ y: 1 }),
      'npy: expected a path, or a path for each variable, got an object; give { y: … }',
    ],
    [
      'names',
      () => jsData.npy('y.npy', { columns: {} }),
      'npy: expected the options test, validation, seed, scaling, got columns; correct it or leave it out',
    ],
  ],
  records: [
    [
      'no rows',
      () => jsData.records(),
      'records: expected rows of a table, or a function that returns them, got nothing; give a list of objects',
    ],
    [
      'a path',
      () => jsData.records(1),
      'records: expected rows of a table, or a function that returns them, got 1; give a list of objects',
    ],
  ],
  yearOf: [
    ['a number', () => jsData.yearOf(2012), 'yearOf: expected a date as text, got 2012; give a cell'],
    [
      'an order of years',
      () => jsData.yearOf('1/2/2012', 'ymd'),
      'yearOf: expected dmy or mdy, got "ymd"; give one of them',
    ],
  ],
  monthOf: [
    ['a number', () => jsData.monthOf(2012), 'monthOf: expected a date as text, got 2012; give a cell'],
    [
      'an order of years',
      () => jsData.monthOf('1/2/2012', 'ymd'),
      'monthOf: expected dmy or mdy, got "ymd"; give one of them',
    ],
  ],
  weekdayOf: [
    ['a number', () => jsData.weekdayOf(2012), 'weekdayOf: expected a date as text, got 2012; give a cell'],
    [
      'an order of years',
      () => jsData.weekdayOf('1/2/2012', 'ymd'),
      'weekdayOf: expected dmy or mdy, got "ymd"; give one of them',
    ],
  ],
  hourOf: [
    ['a number', () => jsData.hourOf(2012), 'hourOf: expected a date as text, got 2012; give a cell'],
    [
      'an order of years',
      () => jsData.hourOf('1/2/2012', 'ymd'),
      'hourOf: expected dmy or mdy, got "ymd"; give one of them',
    ],
  ],
  seasonOf: [
    ['a number', () => jsData.seasonOf(2012), 'seasonOf: expected a date as text, got 2012; give a cell'],
    [
      'an order of years',
      () => jsData.seasonOf('1/2/2012', 'ymd'),
      'seasonOf: expected dmy or mdy, got "ymd"; give one of them',
    ],
  ],
  timeOfDay: [
    ['a number', () => jsData.timeOfDay(2012), 'timeOfDay: expected a date as text, got 2012; give a cell'],
    [
      'an order of years',
      () => jsData.timeOfDay('1/2/2012', 'ymd'),
      'timeOfDay: expected dmy or mdy, got "ymd"; give one of them',
    ],
  ],
  imageFolder: [
    [
      'no path',
      () => jsData.imageFolder({ channels: 1 }),
      'imageFolder: expected a path, got an object; say where the data are',
    ],
    [
      '2 channels',
      () => jsData.imageFolder('pictures', { channels: 2 }),
      'imageFolder: expected 1, 3 or 4 as channels, got 2; give one of them',
    ],
    [
      'a label called y',
      () => jsData.imageFolder('pictures', { label: 'y' }),
      'imageFolder: expected a name of letters, digits and _, other than y and mask, as label, got "y"; name the condition',
    ],
    [
      'a class twice',
      () => jsData.imageFolder('pictures', { classes: ['cat', 'cat'] }),
      "imageFolder: expected names that differ as classes, got an array of 2; give the folders' names in order",
    ],
    [
      'a misspelt option',
      () => jsData.imageFolder('pictures', { chanels: 1 }),
      'imageFolder: expected the options channels, label, classes, size, fit, background, test, seed, memory, got chanels; did you mean channels?',
    ],
  ],
  idxFolder: [
    ['no path', () => jsData.idxFolder(''), 'idxFolder: expected a path, got ""; say where the data are'],
    [
      'one class',
      () => jsData.idxFolder('kmnist', { classes: 1 }),
      'idxFolder: expected at least 2 classes, or their names, as classes, got 1; give 10, or a list',
    ],
    [
      'a label of two words',
      () => jsData.idxFolder('kmnist', { label: 'the digit' }),
      'idxFolder: expected a name of letters, digits and _, other than y and mask, as label, got "the digit"; name the condition',
    ],
  ],
  digits: [
    [
      'a label called y',
      () => jsData.digits({ label: 'y' }),
      'digits: expected a name of letters, digits and _, other than y and mask, as label, got "y"; name the condition',
    ],
    [
      'a label without its name',
      () => jsData.digits('digit'),
      'digits: expected options as an object, got "digit"; give { label }, or nothing',
    ],
    [
      'a limit',
      () => jsData.digits({ limit: 100 }),
      'digits: expected the options label, got limit; correct it or leave it out',
    ],
  ],
  mnist: [
    [
      'a label that is a number',
      () => jsData.mnist({ label: 3 }),
      'mnist: expected a name of letters, digits and _, other than y and mask, as label, got 3; name the condition',
    ],
    [
      'progress that is true',
      () => jsData.mnist({ progress: true }),
      'mnist: expected false or a function as progress, got true; give a function, or leave it out',
    ],
  ],
  fashionMnist: [
    [
      'a signal by name',
      () => jsData.fashionMnist({ signal: 'SIGINT' }),
      'fashionMnist: expected an AbortSignal as signal, got "SIGINT"; give the signal of an AbortController',
    ],
  ],
} satisfies Readonly<Record<string, readonly Refused[]>>;
