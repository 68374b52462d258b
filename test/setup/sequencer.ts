import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { LONGEST } from './projects.ts';

/** What takes longest begins first, so that all cores end together: also where no earlier run is remembered, as in a new clone. */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const usual = await super.sort(files);
    const rank = ({ project, moduleId }: TestSpecification): number => {
      const at = LONGEST.indexOf(relative(project.config.root, moduleId));
      return at < 0 ? LONGEST.length : at;
    };
    // Workers are kept as long as files of their project follow.
    const projects = [...new Set(usual.map(({ project }) => project))];
    return projects.flatMap((project) =>
      usual.filter((each) => each.project === project).sort((a, b) => rank(a) - rank(b)),
    );
  }
}
