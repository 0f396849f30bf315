"""The REST interface: ``/api/v1`` and, in the Open Inference Protocol, ``/v2``. Translates; services do the work."""

from palier.api.app import api_app, openapi_document

__all__ = ["api_app", "openapi_document"]
