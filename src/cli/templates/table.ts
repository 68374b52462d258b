import { join } from 'node:path';
import type { Io } from '../io.ts';
import { writeOwnProject, type Project } from '../own-data/project.ts';
import { PACKAGE } from '../starter.ts';

/** Writes a new project into a folder: the measures of penguins, and a model that draws them. @throws InvalidFile as `writeProject` does. */
export const writeTable = (folder: string, io: Io): Promise<Project> =>
  writeOwnProject(
    folder,
    join(PACKAGE, 'assets', 'penguins', 'penguins.csv'),
    { target: 'all', condition: 'species,island' },
    io,
    true,
  );
