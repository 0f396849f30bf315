"""The generated reference page of features: every one with its unit, formula and what it needs."""

import re
from itertools import groupby

from palier.features import FEATURE_SETS, Feature, registered

MARK = "<!-- made by scripts/generate_docs.py; edit that, not this -->\n"
TITLES = {
    "time": "Waveform",
    "spectral": "Power spectrum",
    "envelope": "Envelope",
    "wavelet": "Discrete wavelets",
    "cepstrum": "Cepstrum",
    "bispectrum": "Bispectrum",
    "orders": "Orders of the shaft",
    "bursts": "Bursts and stick-slip",
    "journal": "Cavitation band and floor",
    "bands": "Bands",
    "lines": "Known lines",
    "cwt": "Continuous wavelets",
    "packets": "Wavelet packets",
    "complexity": "Order and disorder",
    "spectrogram": "Spectrogram",
}


def features_page() -> str:
    """Return the page."""
    everything = list(registered())
    plain = [f for f in everything if not f.name.startswith("log_spectrum")]
    parts = [
        (
            f"# Features\n\n{MARK}\n{len(plain)} features in {len({f.domain for f in plain})} domains, and two log spectra of 256 "
            "bands each. `palier features list` shows them, `palier features extract` computes them.\n"
        ),
        (
            "Waveforms are centred first; an offset never counts. The unit `u` is that of the waveform: features in `u` grow with a "
            "gain, those in `u^2` with its square, those in `dB u` by 20 lg of it, all others do not change. $x_t$ is the waveform, "
            "$x_\\mathrm{rms}$ its r.m.s., $N$ its samples, $f_s$ the sampling rate, $f_r$ the shaft speed, $P_k$ the power of bin $k$ "
            "under a Hann window, at $f_k = k f_s / N$. What a waveform cannot have is NaN: every feature of a waveform that is "
            "constant throughout, and what is said below.\n"
        ),
        (
            "## Sets\n\nThe number at the end of a name is the version: it changes whenever a formula does.\n\n"
            "| set | features | needs | for |\n|---|---|---|---|"
        ),
        *(
            f"| `{s.name}` | {len(s.names)} | {', '.join(sorted(s.needs)) or 'nothing'} | {s.text} |"
            for s in FEATURE_SETS.values()
        ),
        "",
    ]
    for domain, members in groupby(everything, key=lambda f: f.domain):
        parts.append(f"## {TITLES[domain]}\n")
        parts += [_entry(list(group)) for _, group in groupby(members, key=_same_text)]
    return "\n".join(parts)


def _same_text(f: Feature) -> tuple[str, str]:
    return f.summary, f.formula


def _entry(group: list[Feature]) -> str:
    """One entry for a feature, or for a family with one formula."""
    first = group[0]
    names = [f"`{f.name}`" for f in group]
    if len(names) > 40:
        names = [*names[:2], "…", names[-1]]
    facts = [f"unit {first.unit}"]
    if first.needs:
        facts.append(f"needs {' and '.join(first.needs)}")
    if first.undefined:
        facts.append(f"NaN {first.undefined}")
    members = ", ".join(s.name for s in FEATURE_SETS.values() if {f.name for f in group} & set(s.names))
    notes = re.sub(r":math:`([^`]*)`", r"$\1$", first.notes).replace("``", "`")
    return (
        f"**{', '.join(names)}** ({'; '.join(facts)})\n\n{first.summary}\n\n"
        f"```{{math}}\n{first.formula}\n```\n\n{notes}{chr(10) * 2 if notes else ''}In {members}.\n"
    )
