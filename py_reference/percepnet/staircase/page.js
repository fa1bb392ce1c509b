// One player at a time: the next one goes on where the last one was. The buttons in the table are the same players.
const players = [...document.querySelectorAll('audio')];
const buttons = [...document.querySelectorAll('.listen')];
const playerOf = (button) => document.querySelector(`#step-${button.dataset.step} audio`);

function showPlaying() {
  for (const button of buttons) button.setAttribute('aria-pressed', String(!playerOf(button).paused));
}

for (const player of players) {
  player.addEventListener('play', () => {
    const other = players.find((one) => one !== player && !one.paused);
    if (other) {
      other.pause();
      player.currentTime = other.currentTime;
    }
    showPlaying();
  });
  player.addEventListener('pause', showPlaying);
}

for (const button of buttons) {
  button.hidden = false;
  button.addEventListener('click', () => {
    const player = playerOf(button);
    if (player.paused) player.play().catch(() => {}); // a press that comes before the sound is there
    else player.pause();
  });
}
