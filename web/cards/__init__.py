"""Cards after printing, as pages: checked, waiting, sent on."""
