// Aborts the work of a worker at its first progress, and before its start; gives the reasons.
async () => {
  const assets = await percepnet.loadPercepNet({ baseUrl: '.' });
  const reasonAfter = async (abortAtOnce) => {
    const controller = new AbortController();
    if (abortAtOnce) controller.abort('at once');
    const onProgress = () => controller.abort('on the way');
    const { signal } = controller;
    return percepnet.enhanceInWorker(assets, new Float32Array(48000 * 60), { signal, onProgress }).catch(String);
  };
  return [await reasonAfter(true), await reasonAfter(false)];
}
