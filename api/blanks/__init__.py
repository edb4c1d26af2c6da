"""The numbers of blanks in the API."""
