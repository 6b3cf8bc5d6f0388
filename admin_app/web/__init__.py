"""What wraps every response: sessions, headers, errors, templating."""
