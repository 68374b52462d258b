/**
 * Keeps the page working without the network from now on, by the service worker that `cvae-compile serve` puts next to it. Where
 * a browser has none, the page comes from elsewhere by plain HTTP, or nothing is next to it (Vite's development server), it works
 * as long as there is a network.
 */
export const keepOffline = async (): Promise<void> => {
  if (!('serviceWorker' in navigator)) return;
  await navigator.serviceWorker.register(new URL('sw.js', document.baseURI)).catch(() => undefined);
};
