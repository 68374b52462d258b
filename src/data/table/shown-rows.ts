import { showCount } from '../count-progress.ts';
import type { TableFile } from './read-table.ts';

/** Returns the function that reads the rows of a file, and shows how many it has read if that takes long. */
export const shownRows =
  (path: string, rows: TableFile['rows']): TableFile['rows'] =>
  async (begin) => {
    const shown = showCount(path, 'rows');
    let count = 0;
    try {
      await rows((header) => {
        const take = begin(header);
        return (cells, row) => {
          if (++count % 1000 === 0) shown.at(count);
          take(cells, row);
        };
      });
    } finally {
      shown.end();
    }
  };
