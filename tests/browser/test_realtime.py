"""The realtime path: a microphone (a file played by Chromium's fake device) through the worklet."""

import numpy as np

# Records `seconds` of the microphone and of the node's output, at the same time, mono.
RECORD = """async ({ seconds, options }) => {
    const assets = await percepnet.loadPercepNet({ baseUrl: '.' });
    const context = new AudioContext({ sampleRate: 48000 });
    await context.audioWorklet.addModule('recorder_processor.js');
    const stream = await navigator.mediaDevices.getUserMedia({
        audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false } });
    const node = await percepnet.PercepNetNode.create(context, assets, options);
    const counts = { voice: 0, stats: 0, error: 0 };
    for (const type in counts) node.addEventListener(type, () => counts[type]++);
    const recorder = new AudioWorkletNode(context, 'recorder', { numberOfInputs: 2, channelCount: 1, channelCountMode: 'explicit' });
    const source = context.createMediaStreamSource(stream);
    source.connect(recorder, 0, 0);
    source.connect(node).connect(recorder, 0, 1);
    recorder.connect(context.destination);
    const pieces = [[], []];
    await new Promise(resolve => {
        recorder.port.onmessage = ({ data }) => {
            data.forEach((piece, input) => pieces[input].push(piece));
            if (pieces[0].length >= 20 * seconds) resolve();
        };
    });
    recorder.port.onmessage = null;
    stream.getTracks().forEach(track => track.stop());
    const latency = Math.round(node.latency * 48000);
    node.destroy();
    await context.close();
    await fetch('/pcm/noisy', { method: 'POST', body: new Blob(pieces[0]) });
    await fetch('/pcm/enhanced', { method: 'POST', body: new Blob(pieces[1]) });
    return { ...counts, latency };
}"""


def record(page, server, seconds: int, **options):
    result = page.evaluate(RECORD, {"seconds": seconds, "options": options})
    latency = result["latency"]
    return server.received("noisy")[:-latency], server.received("enhanced")[latency:], result


def energy(signal: np.ndarray) -> float:
    return float(np.mean(np.square(signal, dtype=np.float64)))


def test_microphone_in_bypass_comes_out_as_it_went_in(page, server, clip):
    noisy, enhanced, result = record(page, server, 3, bypass=True)
    assert 0.2 * energy(clip) < energy(noisy) < 5 * energy(clip), "the microphone does not play the file"
    correlation = np.corrcoef(noisy, enhanced)[0, 1]
    assert correlation > 0.999
    assert result["error"] == 0


def test_microphone_enhanced(page, server):
    noisy, enhanced, result = record(page, server, 5)
    assert 0.01 * energy(noisy) < energy(enhanced) < energy(noisy)
    assert np.corrcoef(noisy, enhanced)[0, 1] > 0.5
    quiet = np.sort([energy(frame) for frame in np.split(noisy[: len(noisy) // 960 * 960], len(noisy) // 960)])
    quiet_after = np.sort([energy(frame) for frame in np.split(enhanced[: len(enhanced) // 960 * 960], len(enhanced) // 960)])
    tenth = len(quiet) // 10
    assert quiet_after[tenth] < 0.5 * quiet[tenth], "the noise between the words is as loud as before"
    assert result["voice"] >= 50
    assert result["stats"] >= 3
    assert result["error"] == 0
