"""Scores that mean something: records, statistics, calibration, and one result for every model."""

from palier.evaluation.compare import Comparison, Judged, compare_results
from palier.evaluation.document import comparison_json, evaluation_json, evaluation_schema, read_evaluation
from palier.evaluation.evaluate import NoiseVariant, evaluate_scores
from palier.evaluation.records import (
    RecordAccumulator,
    RecordFacts,
    RecordScores,
    ScoredRecord,
    collect_records,
    concatenate_scores,
    spread_scores,
)
from palier.evaluation.result import DatasetFacts, EvaluationResult, ModelFacts, SplitFacts
from palier.evaluation.score_file import read_record_scores, read_score_blocks, write_record_scores

__all__ = [
    "Comparison",
    "DatasetFacts",
    "EvaluationResult",
    "Judged",
    "ModelFacts",
    "NoiseVariant",
    "RecordAccumulator",
    "RecordFacts",
    "RecordScores",
    "ScoredRecord",
    "SplitFacts",
    "collect_records",
    "compare_results",
    "comparison_json",
    "concatenate_scores",
    "evaluate_scores",
    "evaluation_json",
    "evaluation_schema",
    "read_evaluation",
    "read_record_scores",
    "read_score_blocks",
    "spread_scores",
    "write_record_scores",
]
