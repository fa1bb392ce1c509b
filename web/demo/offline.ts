/** Lets the page work without a network from the next visit on: service_worker.ts keeps its files. */
export function keepOffline(): void {
  // Where it is refused (no secure origin, private windows), the page works as well, but only on line.
  navigator.serviceWorker?.register('service_worker.js').catch(() => {});
}
