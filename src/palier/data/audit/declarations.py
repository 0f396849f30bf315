"""What nobody stated about a recording, and what was stated twice in different ways."""

from palier.core.recording import Recording
from palier.data.audit.findings import Finding

__all__ = ["check_declarations"]


def check_declarations(recording: Recording) -> tuple[Finding, ...]:
    """Report a missing rate, unit or speed, and contradictions between the user's words and the file's.

    Parameters
    ----------
    recording : Recording
        Its provenance notes hold what the reader decided.
    """
    source = recording.provenance.source
    findings = []
    if recording.sampling_rate_hz is None:
        findings.append(
            Finding(
                "rate_undeclared",
                "fatal",
                source,
                "Nobody states the sampling rate: no frequency can be computed.",
                "Find the rate in the acquisition's settings and declare it (--sampling-rate).",
            )
        )
    if recording.unit is None:
        findings.append(
            Finding(
                "unit_undeclared",
                "warning",
                source,
                "Nobody states the unit: levels cannot be compared with limits or with other recordings.",
                "Declare it (--unit g, m/s^2, mm/s or um).",
            )
        )
    if recording.speed_hz is None:
        findings.append(
            Finding(
                "speed_undeclared",
                "warning",
                source,
                "Nobody states the shaft speed: defect lines cannot be placed, only searched.",
                "Declare it (--speed-rpm), or the interval in which it lies.",
            )
        )
    findings += [
        Finding(
            "declaration_contradicted",
            "warning",
            source,
            f"The reader noted: {note}.",
            "Find out which of the two is right before the numbers are used.",
        )
        for note in recording.provenance.notes
        if "contradict" in note.casefold()
    ]
    return tuple(findings)
