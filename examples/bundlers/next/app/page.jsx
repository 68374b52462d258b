'use client';
// The one step is that `open` is called in an effect: the import is harmless on the server, which renders the page too.
import { useEffect } from 'react';
import { show } from '../../main.js';

export default function Page() {
  useEffect(() => void show().catch((error) => (document.title = String(error))), []);
  return <canvas role="img" aria-label="Sixteen samples of the digit seven" />;
}
