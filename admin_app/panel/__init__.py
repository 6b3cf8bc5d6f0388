"""The engine: Flask-Admin, adapted once for every model."""
