"""A long call in real time: does the suppressor ever make the sound break off?

`python -m percepnet.benchmark.soak --minutes 30 --model 256`: the clip of the demo, over and over, is suppressed by
`suppressNoise`, sent over an RTCPeerConnection and received in the same page. A bare AudioContext beside it tells what
breaks off without any doing of ours, a sleeper on each core when that core stood still, and Linux what the audio
thread did.
"""

import time
from dataclasses import asdict
from statistics import median
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from ..engines.browser import Browser
from .machine import describe_machine
from .pauses import watched_pauses
from .threads import thread_times, threads_named

STEP_S = 5
AUDIO_THREAD = "Realtime AudioWorklet thread"  # as Chromium names it; the bare context has none
COUNTS = {
    "ours": "underruns",
    "bare": "underruns of the bare context",
    "longCalls": "long calls",
    "lateCalls": "late quanta",
}
START = """async ({ model, execution }) => {
    const samples = await (await fetch('clip.wav')).arrayBuffer();
    const microphone = new AudioContext({ sampleRate: 48000 });
    const buffer = await microphone.decodeAudioData(samples);
    const source = new AudioBufferSourceNode(microphone, { buffer, loop: true });
    const { stream } = source.connect(new MediaStreamAudioDestinationNode(microphone, { channelCount: 1 }));
    source.start();
    const bare = new AudioContext({ sampleRate: 48000 });
    new ConstantSourceNode(bare, { offset: 0 }).connect(bare.destination);
    const suppressed = await percepnet.suppressNoise(stream, { baseUrl: '.', model, execution });
    await suppressed.node.ready;
    const sums = { longCalls: 0, lateCalls: 0, processingMs: 0, audioMs: 0, busiest: 0 };
    suppressed.node.addEventListener('stats', (stats) => {
        for (const name of ['longCalls', 'lateCalls', 'processingMs', 'audioMs']) sums[name] += stats[name];
        sums.busiest = Math.max(sums.busiest, stats.cpuShare);
    });
    const [here, there] = [new RTCPeerConnection(), new RTCPeerConnection()];
    here.onicecandidate = ({ candidate }) => void there.addIceCandidate(candidate ?? undefined);
    there.onicecandidate = ({ candidate }) => void here.addIceCandidate(candidate ?? undefined);
    const received = new Promise((resolve) => (there.ontrack = ({ track }) => resolve(new MediaStream([track]))));
    here.addTrack(suppressed.track);
    await here.setLocalDescription();
    await there.setRemoteDescription(here.localDescription);
    await there.setLocalDescription();
    await here.setRemoteDescription(there.localDescription);
    const player = Object.assign(new Audio(), { srcObject: await received });
    await player.play();
    globalThis.soak = { suppressed, bare, sums, there, player, source };  // alive
    const quantum = suppressed.context.renderQuantumSize ?? 128;
    return { quantum, latency: suppressed.node.latency };
}"""
COUNT = """() => {
    const { suppressed, bare, sums } = soak;
    const [ours, theirs] = [suppressed.context, bare].map(({ playbackStats }) => playbackStats.underrunEvents);
    return { ours, bare: theirs, longCalls: sums.longCalls, lateCalls: sums.lateCalls };
}"""
READ = """async () => {
    const { suppressed, bare, sums, there } = soak;
    const [inbound] = [...(await there.getStats()).values()].filter(({ type }) => type === 'inbound-rtp');
    return {
        ...sums,
        state: `${suppressed.context.state}, ${suppressed.track.readyState}`,
        ours: suppressed.context.playbackStats.toJSON(),
        bare: bare.playbackStats.toJSON(),
        received: inbound.totalSamplesReceived / 48000,
        concealed: inbound.concealedSamples / 48000,
        lost: inbound.packetsLost,
    };
}"""


def soak(minutes: float, model: str, execution: str):
    """What START and READ give after so many minutes, in one dict, with what happened in each span of STEP_S."""
    with Browser() as browser, watched_pauses() as pauses:
        start = browser.evaluate(START, {"model": model, "execution": execution})
        audio = threads_named(AUDIO_THREAD, browser.page_processes)
        begin, counts, times, spans = time.time(), dict.fromkeys(COUNTS, 0), thread_times(audio), []
        steps = max(1, round(60 * minutes / STEP_S))
        for step in track(range(steps + 1), description="in the call", transient=True):
            time.sleep(max(0, begin + 60 * minutes * step / steps - time.time()))
            counts, before = browser.evaluate(COUNT), counts
            times, times_before = thread_times(audio), times
            happened = {what: counts[what] - before[what] for what in COUNTS if counts[what] > before[what]}
            spans.append({"second": round(time.time() - begin), "happened": happened})
            spans[-1] |= {"audio_thread": asdict(times.since(times_before))}
            pauses.so_far()  # or the sleepers' pipes fill and they stop watching
        stood_still = [(at - begin, length) for at, length in pauses.so_far() if at > begin - STEP_S]
        told = {"spans": spans, "pauses": stood_still, "machines_own": pauses.machines_own}
        told |= {"machine": describe_machine(browser.version)}
        return start | browser.evaluate(READ) | told


def totals(result):
    """A table of what broke off in all."""
    table = Table("", title=f"{result['ours']['totalDuration'] / 60:.1f} minutes of a call")
    table.add_column("suppressed", justify="right")
    table.add_column("bare context", justify="right")
    ours, bare = result["ours"], result["bare"]
    table.add_row("underruns", f"{ours['underrunEvents']}", f"{bare['underrunEvents']}")
    table.add_row("seconds missing", f"{ours['underrunDuration']:.3f}", f"{bare['underrunDuration']:.3f}")
    table.add_row("calls longer than their sound", f"{result['longCalls']}", "-")
    table.add_row("quanta late", f"{result['lateCalls']}", "-")
    share = result["processingMs"] / max(1, result["audioMs"])
    table.add_row("share of a core", f"{share:.1%}, busiest second {result['busiest']:.1%}", "-")
    concealed = result["concealed"] / max(1e-9, result["received"])
    table.add_row("received sound made up by the other end", f"{concealed:.2%}", "-")
    table.add_row("packets lost", f"{result['lost']}", "-")
    pauses = [1000 * length for _, length in result["pauses"]]
    longest = f", longest {max(pauses):.0f} ms" if pauses else ""
    cause = "the machine's own" if result["machines_own"] else "the machine's or a program's"
    table.add_row(f"pauses of a core, {cause}", f"{len(pauses)}{longest}", "-")
    return table


def incidents(result):
    """A table of the spans in which something happened: what else did, and, last, how a span usually is."""
    table = Table("until second", "happened", title="Who is to blame, as far as can be told")
    thread = ("audio thread: ran, ms", "in the kernel, ms", "waited for a core, ms", "for the disk, times")
    for what in ("pauses of a core, ms", *thread):
        table.add_column(what, justify="right")
    for span in (span for span in result["spans"] if span["happened"]):
        second = span["second"]
        happened = ", ".join(f"{number} {COUNTS[what]}" for what, number in span["happened"].items())
        still = [1000 * length for at, length in result["pauses"] if second - STEP_S - 1 < at < second + 1]
        pauses = ", ".join(f"{ms:.0f}" for ms in still) or "none"
        table.add_row(f"{second}", happened, pauses, *in_words(span["audio_thread"]))
    threads = [span["audio_thread"] for span in result["spans"]]
    usual = {what: median(thread[what] for thread in threads) for what in threads[0]}
    table.add_row("", "usually", "", *in_words(usual))
    return table


def in_words(thread):
    """The cells of a table for what the audio thread did."""
    times = (f"{thread[what]:.0f}" for what in ("ran_ms", "kernel_ms", "waited_ms"))
    return *times, f"{thread['pages_read']:.0f}"


def show(result, console):
    """Prints all that is to be known."""
    console.print(totals(result))
    if any(span["happened"] for span in result["spans"]):
        console.print(incidents(result))
    console.print(f"quanta of {result['quantum']}, {1000 * result['latency']:.1f} ms late; {result['state']}")
    console.print(f"{result['machine']['processor']}; {result['machine']['browser']}")


def main(
    minutes: Annotated[float, typer.Option(min=0.1, help="How long the call lasts.")] = 30.0,
    model: Annotated[str, typer.Option(help="The model's width or name.")] = "256",
    execution: Annotated[str, typer.Option(help="inline, worker or auto.")] = "inline",
):
    """Suppresses a call in real time in headless Chromium and counts what breaks off."""
    show(soak(minutes, model, execution), Console())


if __name__ == "__main__":
    typer.run(main)
