import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync, cpSync } from 'node:fs';
import { basename, dirname, extname, join, posix } from 'node:path';

/** A page of the site before TypeDoc makes HTML of it: Markdown, at its path from the repository's root. */
interface Page {
  readonly path: string;
  readonly title: string;
  readonly text: string;
}

/** What the navigation lists, in order: a heading and its pages. What is no guide, example or result comes last. */
const SECTIONS: readonly (readonly [title: string, about: string, pages: readonly string[]])[] = [
  [
    'Start',
    'Coming from another library, and what there is to build with.',
    ['docs/coming-from.md', 'docs/catalogue.md'],
  ],
  [
    'Guides',
    'How to do it: data, training, objectives, evaluation, and models in pages.',
    [
      'data',
      'cookbook',
      'first-models',
      'likelihoods',
      'sequences',
      'training',
      'gpu',
      'scale',
      'samples',
      'objectives',
      'evaluation',
      'asking',
      'imputation',
      'browser',
      'wasm',
      'serving',
      'engines',
      'onnx',
    ].map((name) => `docs/${name}.md`),
  ],
  [
    'Examples',
    'Complete projects, each with its commands and what they give.',
    [
      ...[
        'digits',
        'completion',
        'article',
        'quadrants',
        'table',
        'weather',
        'names',
        'anomaly',
        'style',
        'segmentation',
        'custom-op',
        'page',
        'bundlers',
        'serving',
        'distributed',
        'sweeps',
        'zoo',
      ].map((name) => `examples/${name}/README.md`),
      'docs/variants.md',
    ],
  ],
  [
    'Figures',
    'What was measured, and how.',
    [
      'research/quadrants/RESULTS.md',
      'research/quadrants/README.md',
      'research/images/RESULTS.md',
      'research/images/README.md',
      'docs/tables.md',
      'research/tables/README.md',
      'research/avatars/README.md',
      'research/first-models/README.md',
      'research/samples/README.md',
      'docs/training-speed.md',
      'docs/overhead.md',
      'docs/parity.md',
      'docs/reliability.md',
      'docs/conformance.md',
    ],
  ],
  [
    'Project',
    'How it is made, and how to take part.',
    ['docs/architecture.md', 'docs/glossary.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'],
  ],
];

const HOME = 'README.md';
/** Pages that a section must name: guides, examples, results. */
const LISTED = /^(?:docs|examples\/[^/]+|research\/[^/]+)\/[^/]+\.md$/;
/** The page of definitions that have none of their own. */
const VARIANTS = 'docs/variants.md';

/** Files larger than this are linked to as they are; others are pages that show them. */
const SHOWN = 40_000;
const LANGUAGES: Readonly<Record<string, string>> = {
  '.ts': 'ts',
  '.mjs': 'js',
  '.json': 'json',
  '.jsonl': 'json',
  '.py': 'python',
  '.csv': 'text',
};

/**
 * Lays the repository's pages out in a folder as TypeDoc takes them: each with its title, links that lead to other pages, and pages
 * for source files that are linked to. `made` are pages that are generated, by path. Returns the pages at the top.
 *
 * @throws for a link to nothing.
 */
export const layOut = (root: string, folder: string, made: Readonly<Record<string, string>>): readonly string[] => {
  rmSync(folder, { recursive: true, force: true });
  return new Layout(root, folder, made).write();
};

class Layout {
  readonly #root: string;
  readonly #folder: string;
  readonly #made: Readonly<Record<string, string>>;
  /** The repository's pages, and those that were made, by path. */
  readonly #own: readonly string[];
  /** Pages of source files and folders that others link to, by the path of what they show. */
  readonly #shown = new Map<string, Page>();

  constructor(root: string, folder: string, made: Readonly<Record<string, string>>) {
    this.#root = root;
    this.#folder = folder;
    this.#made = made;
    const found = this.#git('--cached', '--others', '--exclude-standard', '*.md');
    this.#own = [...new Set([...found, ...Object.keys(made)])];
  }

  write(): readonly string[] {
    const pages = this.#own.map((path) => this.#page(path));
    for (const page of [...pages, ...this.#shown.values()]) this.#put(page, this.#childrenOf(page));
    const titles = new Map(pages.map(({ path, title }) => [path, title]));
    const placed = new Set(SECTIONS.flatMap(([, , paths]) => paths));
    const rest = this.#own.filter((path) => !placed.has(path) && path !== HOME).sort();
    const lost = rest.find((path) => LISTED.test(path));
    if (lost !== undefined)
      throw new Error(`docs/site/pages.ts: expected ${lost} in a section, got it in none; add it`);
    return SECTIONS.map(([title, about, paths], i) => {
      const all = i === SECTIONS.length - 1 ? [...paths, ...rest] : paths;
      const list = all.map((path) => `- [${titles.get(path) ?? path}](${path})`).join('\n');
      const path = `${title.toLowerCase()}.md`;
      this.#put({ path, title, text: `# ${title}\n\n${about}\n\n${list}\n` }, all);
      return join(this.#folder, path);
    });
  }

  /** A page of the repository, with its links as they lead within the site. */
  #page(path: string): Page {
    const written = this.#made[path] ?? readFileSync(join(this.#root, path), 'utf8');
    const [, title = path] = /^# (.*)$/m.exec(written) ?? [];
    // The home page has the project's name above it already.
    const body = path === HOME ? written.replace(/^# .*\n/m, '') : written;
    // Links outside code: what looks like one within is an example.
    const text = body.replace(
      /(^```[\s\S]*?^```$|`[^`\n]*`)|\]\(([^)\s]+)\)/gm,
      (all: string, code: string | undefined, to: string | undefined) =>
        code !== undefined || to === undefined || /^(\w+:|#)/.test(to) ? all : `](${this.#link(path, to)})`,
    );
    return { path, title, text };
  }

  /** Where a link of a page leads to; what is no page is shown by one, or copied. */
  #link(from: string, to: string): string {
    const [target = '', anchor = ''] = to.split(/(?=#)/);
    const path = posix.normalize(posix.join(posix.dirname(from), target)).replace(/\/$/, '');
    const relative = (page: string): string => `${posix.relative(posix.dirname(from), page)}${anchor}`;
    if (this.#own.includes(path)) return to;
    if (this.#own.includes(`${path}/README.md`)) return relative(`${path}/README.md`);
    const file = join(this.#root, path);
    if (!existsSync(file)) throw new Error(`${from}: expected a link to something, got ${to}; correct it`);
    const stat = statSync(file);
    if (stat.isDirectory()) return relative(this.#showFolder(path).path);
    if (extname(path) in LANGUAGES && stat.size < SHOWN) return relative(this.#showFile(path).path);
    mkdirSync(dirname(join(this.#folder, path)), { recursive: true });
    cpSync(file, join(this.#folder, path));
    return to;
  }

  /** A page that shows a file. */
  #showFile(path: string): Page {
    const title = basename(path);
    const content = readFileSync(join(this.#root, path), 'utf8').trimEnd();
    const code = `\`\`\`${LANGUAGES[extname(path)] ?? 'text'}\n${content}\n\`\`\``;
    return this.#show(path, { path: `${path}.md`, title, text: `# ${title}\n\n\`${path}\`\n\n${code}\n` });
  }

  /** A page that lists the files of a folder. */
  #showFolder(path: string): Page {
    const files = this.#git(path).filter((file) => extname(file) in LANGUAGES);
    const list = files.map((file) => `- [${basename(file)}](${posix.relative(path, this.#showFile(file).path)})`);
    return this.#show(path, { path: `${path}/index.md`, title: path, text: `# ${path}\n\n${list.join('\n')}\n` });
  }

  #show(path: string, page: Page): Page {
    this.#shown.set(path, page);
    return page;
  }

  /** What is listed below a page in the navigation: the files and folders that are shown and have no page nearer to them. */
  #childrenOf({ path }: Page): readonly string[] {
    return [...this.#shown.values()]
      .filter((page) => this.#parentOf(page.path) === path)
      .map((page) => page.path)
      .sort();
  }

  #parentOf(path: string): string {
    for (let at = posix.dirname(path); at !== '.'; at = posix.dirname(at)) {
      const index = this.#shown.get(at)?.path;
      if (index !== undefined && index !== path) return index;
      if (this.#own.includes(`${at}/README.md`)) return `${at}/README.md`;
    }
    return VARIANTS;
  }

  #put({ path, title, text }: Page, children: readonly string[]): void {
    const file = join(this.#folder, path);
    mkdirSync(dirname(file), { recursive: true });
    const list = children.map((child) => `  - ${posix.relative(posix.dirname(path), child)}\n`).join('');
    const front = `---\ntitle: ${JSON.stringify(title)}\n${list && `children:\n${list}`}---\n\n`;
    writeFileSync(file, `${path === HOME ? '' : front}${text.trimStart()}`);
  }

  /** Files that git knows. */
  #git(...what: readonly string[]): readonly string[] {
    return execFileSync('git', ['ls-files', ...what], { cwd: this.#root, encoding: 'utf8' })
      .trim()
      .split('\n');
  }
}
