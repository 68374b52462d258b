import { expect, test } from 'vitest';
import { number } from '../../src/report/axes.ts';
import { dimensions, frequencies } from '../../src/report/charts.ts';
import { overlaid } from '../../src/report/curves.ts';

/** A loss that falls fast from its first value. */
const line = (first: number, rest: number) => ({
  name: `${first}`,
  colour: 'black',
  points: Array.from({ length: 30 }, (_, i) => ({ epoch: i + 1, value: i === 0 ? first : rest + 1 / i })),
});

test('a chart of several runs says which epochs are outside, of values that none of them shows', () => {
  expect(overlaid([line(1000, 10)], 'Loss', 'nats').text).toBe('in nats; some of epoch 1 is outside the picture');
  // The first value of one lies among the other's.
  expect(overlaid([line(50, 10), line(1000, 90)], 'Loss', 'nats').text).toBe(
    'in nats; some of epoch 1 is outside the picture',
  );
  const slow = { ...line(0, 0), points: Array.from({ length: 30 }, (_, i) => ({ epoch: i + 1, value: 60 - i })) };
  expect(overlaid([line(50, 10), slow], 'Loss', 'nats').text).toBe('in nats');
});

/** What stands at the ticks of an axis. */
const textsOf = (svg: string): readonly string[] =>
  [...svg.matchAll(/<text[^>]*>([^<]+)<\/text>/g)].map(([, text = '']) => text);

test('an axis of small numbers says them, and a number below 0 has a minus sign', () => {
  const texts = textsOf(dimensions([0.009, 0.004]).svg);
  expect(texts).toContain('0.002');
  expect(new Set(texts).size).toBe(texts.length);
  expect([number(-12.345), number(-2e-7)]).toEqual(['−12.35', '−2.0e−7']);
});

test('of many classes some are named, so that their names do not touch', () => {
  const classes = Array.from({ length: 27 }, (_, i) => `${i}`);
  const element = { name: 'letter', truth: [1, 2], drawn: [2, 3] };
  const named = textsOf(frequencies(element, classes).svg).filter((text) => classes.includes(text));
  expect(textsOf(frequencies(element, ['clear', 'cloudy', 'rain']).svg)).toEqual(
    expect.arrayContaining(['clear', 'cloudy', 'rain']),
  );
  expect(named).not.toContain('1');
  expect(named).toContain('2');
});

test('of very many classes the most frequent are shown, and long names are shortened', () => {
  const classes = Array.from({ length: 300 }, (_, i) => (i === 299 ? 'Donaudampfschifffahrtsgesellschaft' : `${i}`));
  const { text, svg } = frequencies({ name: 'y', truth: [299, 299, 7], drawn: [299, 250] }, classes);
  expect(text).toContain('the 24 most frequent of 300: ');
  expect(textsOf(svg)).toContain('0');
  const cities = ['北京市朝阳区建国门外大街', 'Donaudampfschifffahrt', 'Rome'];
  expect(textsOf(frequencies({ name: 'y', truth: [0], drawn: [1] }, cities).svg)).toEqual(
    expect.arrayContaining(['北京市朝阳区建…', 'Donaudampfschi…', 'Rome']),
  );
  expect(svg.match(/<rect/g)).toHaveLength(48);
});

test('a lone dimension carries what it carries', () => {
  expect(dimensions([0.5]).text).toBe('in nats; 1 of 1 carries more than 0.01');
});
