import type { Command } from 'commander';
import type { Context } from './io.ts';

export const verify = (program: Command, _context: Context): Command => program.command('verify');
