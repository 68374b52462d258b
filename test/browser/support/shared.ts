import { chromium, type Browser } from 'playwright-core';
import { inject } from 'vitest';
import type { Launch } from './chromium.ts';

/** The Chromium that all files of the project `browser` share, with or without WebGPU; closing it closes this file's pages. */
export const shared = async ({ gpu = false }: Pick<Launch, 'gpu'> = {}): Promise<Browser> => {
  const asked = await fetch(`${inject('browsers')}/${gpu ? 'gpu' : 'plain'}`);
  const answer = await asked.text();
  if (!asked.ok) throw new Error(answer);
  return chromium.connect(answer);
};
