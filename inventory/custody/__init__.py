"""Blanks in somebody's hand for a shift: issued to a named holder, counted by two, accounted for at its end."""
