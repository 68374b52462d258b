// The documentation as a static site: reference of all doors, guides, a catalogue, search. `npm run docs` builds it.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Application, type TypeDocOptions } from 'typedoc';
import { LIBRARY } from '../../src/version.ts';
import { catalogue } from './catalogue.ts';
import { layOut } from './pages.ts';
import {
  GROUP_BOOSTS,
  GROUP_ORDER,
  groupFunctions,
  leaveSourcesUnsearched,
  makeReachable,
  showFunctions,
} from './plugin.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The package's doors, in the order of the README. */
const DOORS = ['index', 'train/index', 'compiler/index', 'runtime/node', 'data/index', 'onnx/index', 'testing/index'];

/** Builds the site in a folder, of which it replaces an earlier one. @throws where TypeDoc warns of anything. */
export const buildSite = async (out: string): Promise<void> => {
  if (existsSync(out) && readdirSync(out).length > 0 && !existsSync(join(out, 'assets', 'navigation.js')))
    throw new Error(`docs: expected a folder for the site, got ${out}, which holds something else; choose another`);
  mkdirSync(join(ROOT, 'out'), { recursive: true });
  const staged = mkdtempSync(join(ROOT, 'out', 'docs-'));
  try {
    const documents = layOut(ROOT, staged, { 'docs/catalogue.md': catalogue(ROOT) });
    showFunctions();
    // `internalModule` is the option of a plugin, for types that no door exports.
    const all = { ...OPTIONS, projectDocuments: [...documents], readme: join(staged, 'README.md'), out };
    const app = await Application.bootstrapWithPlugins({
      ...all,
      internalModule: 'internal',
    } as Partial<TypeDocOptions>);
    groupFunctions(app);
    leaveSourcesUnsearched(app);
    makeReachable(app);
    const project = await app.convert();
    if (project) {
      app.validate(project);
      await app.generateOutputs(project);
    }
    if (!project || app.logger.hasErrors() || app.logger.hasWarnings())
      throw new Error('docs: expected no warning of TypeDoc, got those above; correct them');
  } finally {
    rmSync(staged, { recursive: true, force: true });
  }
};

const OPTIONS: Partial<TypeDocOptions> = {
  // What is documented is type-checked by `npm run check`, with a compiler that takes a seventh of the time.
  skipErrorChecking: true,
  // Where a clone is from, and whether it has a remote, changes nothing on a page.
  disableSources: true,
  name: 'cvae-compile',
  entryPoints: DOORS.map((door) => join(ROOT, 'src', `${door}.ts`)),
  tsconfig: join(ROOT, 'docs', 'site', 'tsconfig.json'),
  plugin: ['typedoc-plugin-missing-exports'],
  basePath: ROOT,
  // Types of dependencies are theirs to document.
  excludeExternals: true,
  excludePrivate: true,
  groupOrder: [...GROUP_ORDER],
  sort: ['kind', 'alphabetical-ignoring-documents'],
  // What one calls comes before what one catches, and types after both.
  kindSortOrder: ['Document', 'Function', 'Variable', 'Class', 'Interface', 'TypeAlias', 'Namespace', 'Module'],
  includeHierarchySummary: false,
  navigation: { includeFolders: false, includeGroups: false, includeCategories: false },
  categorizeByGroup: false,
  highlightLanguages: ['typescript', 'javascript', 'json', 'bash', 'python', 'diff', 'html', 'cpp', 'text'],
  searchInComments: true,
  searchInDocuments: true,
  searchGroupBoosts: { ...GROUP_BOOSTS },
  customCss: join(ROOT, 'docs', 'site', 'style.css'),
  favicon: join(ROOT, 'playground', 'public', 'favicon.svg'),
  validation: { notExported: true, invalidLink: true, invalidPath: true, rewrittenLink: true, notDocumented: false },
  treatWarningsAsErrors: true,
  cleanOutputDir: true,
  hideGenerator: true,
  customFooterHtml: `<p>cvae-compile ${LIBRARY.version}, MIT</p>`,
  customFooterHtmlDisableWrapper: true,
};
