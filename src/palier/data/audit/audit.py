"""The acquisition audit of one recording and of a set."""

from palier.core.recording import Recording
from palier.data.audit.declarations import check_declarations
from palier.data.audit.faults_of_recording import check_clipping, check_constant, check_dropouts, copied_channels
from palier.data.audit.findings import SEVERITIES, Finding
from palier.data.audit.grid import find_grid
from palier.data.audit.levels import check_length, check_offset, check_resolution
from palier.data.audit.rate_proof import check_rate

__all__ = ["audit_recording"]


def audit_recording(recording: Recording) -> tuple[Finding, ...]:
    """Check one recording: declarations, length, sampling rate, and each channel for what the chain did to it.

    Parameters
    ----------
    recording : Recording
        All its channels are checked; the sampling rate is tested on the first that is not constant.

    Returns
    -------
    tuple of Finding
        Gravest first.

    Examples
    --------
    >>> import numpy as np
    >>> from palier.core.recording import Provenance
    >>> x = np.random.default_rng(0).normal(size=(1, 12_000)).astype(np.float32).clip(-2, 2)
    >>> r = Recording(x, Provenance("a.wav", "0" * 64), sampling_rate_hz=12_000.0, unit="g", speed_hz=30.0)
    >>> [(f.key, f.severity, f.values["n_clipped"]) for f in audit_recording(r)]
    [('clipping', 'fatal', 564)]
    """
    findings = [*check_declarations(recording), *copied_channels(recording)]
    length = check_length(recording)
    findings += [] if length is None else [length]
    rate_tested = False
    for i, name in enumerate(recording.channel_names):
        x, source = recording.samples[i], f"{recording.provenance.source}:{name}"
        constant = check_constant(x, source=source)
        if constant is not None:
            findings.append(constant)
            continue
        grid = find_grid(x)
        checks = (
            check_clipping(x, source=source, grid=grid),
            check_offset(x, source=source, unit=recording.unit),
            check_resolution(x, source=source, grid=grid),
            None if rate_tested else check_rate(recording, channel=i),
        )
        rate_tested = True
        findings += [f for f in checks if f is not None]
        findings += check_dropouts(x, source=source)
    return tuple(sorted(findings, key=lambda f: -SEVERITIES.index(f.severity)))
