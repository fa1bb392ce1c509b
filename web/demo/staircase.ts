// What the page of steps, which `percepnet build` writes, does as a page of the demo: it works without a network from its
// next visit on, and its sounds can be wound even where a server sends no parts of a file.
import { keepOffline } from './offline.ts';

async function hold(player: HTMLAudioElement): Promise<void> {
  const response = await fetch(player.src);
  if (!response.ok) return;
  const sound = await response.blob();
  if (!player.paused) return;
  const place = player.currentTime;
  player.src = URL.createObjectURL(sound);
  player.currentTime = place; // which a new source puts back to the start
}

// Where a sound cannot be had, its player says so itself once it is used.
for (const player of document.querySelectorAll('audio')) hold(player).catch(() => {});

keepOffline();
void navigator.serviceWorker?.ready.then(({ active }) => active?.postMessage('keep the page of steps'));
