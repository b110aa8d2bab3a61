"""The Celery application of workers, `tutti.execution.celery_app:app`; who imports it has its settings read."""

from tutti.execution.celery_configuration import make_app
from tutti.settings import read_settings

app = make_app(read_settings())
