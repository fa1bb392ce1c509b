import { openMicrophone, suppressNoise } from '../node_modules/percepnet/dist/index.js';

document.querySelector('button').onclick = async () => {
  const { stream, node } = await suppressNoise(await openMicrophone());
  document.querySelector('audio').srcObject = stream; // or send its track: peer.addTrack(stream.getTracks()[0])
  node.addEventListener('voice', ({ probability }) => (document.querySelector('meter').value = probability));
};
