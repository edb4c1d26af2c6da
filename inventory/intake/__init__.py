"""The daily lists that offices export: read, judged line by line, and stored whole or not at all."""
