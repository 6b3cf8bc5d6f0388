"""Long work: the job store, the queue that wakes a worker, the worker, and the files it creates. No HTTP, no HTML."""
