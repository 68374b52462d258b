import { describe, expect, it } from 'vitest';
import { sortedPictures } from '../../playground/src/make/chosen.ts';
import { sizesFor } from '../../playground/src/make/form.ts';

const sorted = (...paths: readonly string[]) => {
  const { name, classes, all, left } = sortedPictures(paths.map((path) => ({ path, file: new File([], path) })));
  return { name, classes, labels: all.map(({ index }) => classes[index]), left };
};

describe('pictures that are chosen in a page', () => {
  it('have the classes of their folders, in the order of their numbers', () => {
    expect(sorted('pets/dog 10/a.jpg', 'pets/dog 2/b.webp', 'pets/dog 2/c.PNG')).toEqual({
      name: 'pets',
      classes: ['dog 2', 'dog 10'],
      labels: ['dog 10', 'dog 2', 'dog 2'],
      left: [],
    });
  });

  it('have none where they lie in no folder', () => {
    expect(sorted('a.png', 'b.png')).toMatchObject({ name: 'pictures', classes: [''], left: [] });
  });

  it('are left out next to the folders of others, and of parts that are held out; hidden files are not named', () => {
    const found = sorted('p/train/a/1.png', 'p/test/a/2.png', 'p/loose.png', 'p/train/a/.x.png', 'p/train/a/notes.txt');
    expect(found).toMatchObject({ name: 'p', classes: ['a'], labels: ['a'] });
    expect(found.left).toEqual(['p/test/a/2.png', 'p/loose.png', 'p/train/a/notes.txt']);
  });
});

describe('the sizes of a model of pictures in a page', () => {
  const facts = { isOneSize: true, hasOneShape: true, isGrey: false, hasAlpha: false };
  it.each([
    [{ height: 28, width: 28 }, '28,28'],
    [{ height: 72, width: 96 }, '32,40'],
    [{ height: 500, width: 333, isOneSize: false, hasOneShape: false }, '32,32'],
    [{ height: 64, width: 64 }, '32,32'],
  ])('of %o begin with %s', (one, first) => {
    const sizes = sizesFor({ ...facts, ...one }).map(String);
    expect(sizes[0]).toBe(first);
    expect(new Set(sizes).size).toBe(sizes.length);
  });

  it('include their own', () => {
    expect(sizesFor({ ...facts, height: 64, width: 48 }).map(String)).toContain('64,48');
  });
});
