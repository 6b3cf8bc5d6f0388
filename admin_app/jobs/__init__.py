"""Long work: the ledger of jobs, the queue that wakes a worker, the worker, and the files it makes. No HTTP, no HTML."""
