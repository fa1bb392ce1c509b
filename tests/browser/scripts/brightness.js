// How many colours a canvas shows, and the mean of their red.
(canvas) => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const colours = new Set();
  let sum = 0;
  for (let i = 0; i < data.length; i += 4) {
    sum += data[i];
    colours.add((data[i] << 16) | (data[i + 1] << 8) | data[i + 2]);
  }
  return { mean: sum / (data.length / 4), colours: colours.size };
}
