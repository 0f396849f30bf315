"""Workers: processes that claim jobs and run them, fed by the database or by Celery."""
