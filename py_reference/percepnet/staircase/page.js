// One player at a time: the next one goes on where the last one was. The buttons in the table are the same players.
const players = [...document.querySelectorAll('audio')];
const buttons = [...document.querySelectorAll('.listen')];
const playerOf = (button) => document.querySelector(`#step-${button.dataset.step} audio`);
let last; // the one that was played or wound last

function showPlaying() {
  for (const button of buttons) button.setAttribute('aria-pressed', String(!playerOf(button).paused));
}

for (const player of players) {
  player.addEventListener('play', () => {
    if (last && last !== player) {
      last.pause();
      player.currentTime = last.currentTime;
    }
    last = player;
    showPlaying();
  });
  player.addEventListener('pause', showPlaying);
  player.addEventListener('seeking', () => {
    if (!last || last.paused) last = player;
  });
}

for (const button of buttons) {
  button.hidden = false;
  button.addEventListener('click', () => {
    const player = playerOf(button);
    if (player.paused) player.play().catch(() => {}); // a press that comes before the sound is there
    else player.pause();
  });
}
