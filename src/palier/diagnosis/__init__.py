"""Turn a recording into a diagnosis."""

from palier.diagnosis.document import document_json, json_schema
from palier.diagnosis.result import Diagnosis
from palier.diagnosis.rolling import DiagnosisSettings, diagnose_rolling

__all__ = ["Diagnosis", "DiagnosisSettings", "diagnose_rolling", "document_json", "json_schema"]
