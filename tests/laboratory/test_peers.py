"""Every peer that is installed cleans speech in rain; one that is not says how to get it."""

import pickle

import numpy as np
import pytest
from own_thread import in_own_thread

from percepnet.laboratory.alignment import align
from percepnet.laboratory.measures.high_band import high_band_loss_db
from percepnet.laboratory.peers import PEERS, Peer, choose
from percepnet.laboratory.peers.chromium import enhance as through_chromium
from percepnet.laboratory.systems import Other
from percepnet.laboratory.scoring import aligned_output
from percepnet.errors import PercepNetError
from percepnet.quality import si_sdr

BY_NAME = {peer.name: peer for peer in PEERS}
QUICK = [name for name, peer in BY_NAME.items() if not peer.is_slow]
DELAY_MS = {"speexdsp": 2.7, "gtcrn": 31.9, "dtln": 24, "deepfilternet3": 30, "rnnoise-sapphi": 20.7}


def peer(name, is_installed=True, is_slow=False):
    return Peer(name, "", lambda noisy: noisy, lambda: is_installed, f"pip install {name}", is_slow)


@pytest.mark.parametrize("name", QUICK)
def test_a_peer_cleans_speech_in_rain(name, clean, noisy):
    assert BY_NAME[name].is_installed(), BY_NAME[name].advice
    output, delay = aligned_output(Other(name), noisy, clean)
    assert output.shape == clean.shape and np.isfinite(output).all()
    assert si_sdr(clean, output) > si_sdr(clean, noisy) + 0.5
    assert delay / 48 == pytest.approx(DELAY_MS.get(name, 20), abs=1)


@pytest.mark.parametrize("name", ["gtcrn", "dtln"])
def test_16_khz_peers_lose_what_is_above(name, clean):
    assert BY_NAME[name].is_installed(), BY_NAME[name].advice
    output, _ = aligned_output(Other(name), clean, clean)
    assert high_band_loss_db(clean, output) > 15


def test_both_packages_of_the_large_rnnoise_agree(clean, noisy):
    for name in ("rnnoise-shiguredo", "rnnoise-pypi"):
        assert BY_NAME[name].is_installed(), BY_NAME[name].advice
    one, other = (aligned_output(Other(f"rnnoise-{which}"), noisy, clean)[0] for which in ("shiguredo", "pypi"))
    assert si_sdr(one, other) > 20


@pytest.mark.browser
def test_chromium_cleans_speech_in_rain(clean, noisy):
    assert BY_NAME["chromium"].is_installed(), BY_NAME["chromium"].advice
    untouched, _ = align(noisy, in_own_thread(through_chromium, noisy, False))
    assert si_sdr(noisy, untouched) > 25, "the way through the browser changes the sound"
    output, _ = align(clean, in_own_thread(through_chromium, noisy))
    quiet = np.abs(clean) < 1e-4
    assert np.std(output[quiet]) < 0.8 * np.std(noisy[quiet])


def test_all_takes_what_is_there_and_tells_of_the_rest():
    here, absent, slow = peer("here"), peer("absent", is_installed=False), peer("slow", is_slow=True)
    assert choose([here, absent, slow], "all") == ([here], [absent])
    assert choose([here, absent, slow], "none") == ([], [])
    assert "pip install absent" in absent.advice


@pytest.mark.parametrize("name", BY_NAME)
def test_a_peer_can_travel_to_another_process(name):
    assert pickle.loads(pickle.dumps(Other(name))) == Other(name)


def test_names_and_their_beginnings_are_understood():
    peers = [peer("rnnoise-a"), peer("rnnoise-b"), peer("gtcrn", is_slow=True)]
    assert choose(peers, "gtcrn,rnnoise, rnnoise-a") == ([peers[2], peers[0], peers[1]], [])


@pytest.mark.parametrize(
    "wanted, fault", [("absent", "pip install absent"), ("nothing", "no peer 'nothing'"), ("", "no peer")]
)
def test_a_name_that_cannot_be_had_is_an_error(wanted, fault):
    with pytest.raises(PercepNetError, match=fault):
        choose([peer("here"), peer("absent", is_installed=False)], wanted)
