import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { LIBRARY } from '../src/version.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const json = (file: string): unknown => JSON.parse(read(file));

describe('the files around the code', () => {
  it('name the oldest Node that package.json allows, and CI installs that one', () => {
    const line = read('.nvmrc').trim();
    expect(json('package.json')).toMatchObject({ engines: { node: expect.stringMatching(`^>=${line}\\.`) } });
    expect(read('.ci/run')).toContain('"node@$(cat .nvmrc)"');
  });

  it('give editors the width that Prettier has', () => {
    const [, width] = /^max_line_length = (\d+)$/m.exec(read('.editorconfig')) ?? [];
    expect(json('.prettierrc.json')).toMatchObject({ printWidth: Number(width) });
  });

  it('link to files that are there', () => {
    const pages = readdirSync(ROOT).filter((file) => file.endsWith('.md'));
    const links = pages.flatMap((page) =>
      [...read(page).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
        .map(([, to = '']) => to)
        .filter((to) => !/^\w+:/.test(to))
        .map((to) => ({ page, to })),
    );
    expect(links.length).toBeGreaterThan(20);
    expect(links.filter(({ page, to }) => !existsSync(join(ROOT, dirname(page), to)))).toEqual([]);
  });
});

describe('CHANGELOG.md', () => {
  const changelog = read('CHANGELOG.md');
  const headings = [...changelog.matchAll(/^## \[(.*?)\](.*)$/gm)].map(([, version = '', rest = '']) => ({
    version,
    rest,
  }));

  it('begins with what is not released, and has the version of package.json with its date', () => {
    expect(headings[0]).toEqual({ version: 'Unreleased', rest: '' });
    expect(headings).toContainEqual({ version: LIBRARY.version, rest: expect.stringMatching(/^ - \d{4}-\d\d-\d\d$/) });
  });

  it('groups changes as Keep a Changelog does', () => {
    const groups = [...changelog.matchAll(/^### (.*)$/gm)].map(([, name]) => name);
    expect(groups.length).toBeGreaterThan(4);
    expect(
      groups.filter((name) => !['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security'].includes(name ?? '')),
    ).toEqual([]);
  });
});
