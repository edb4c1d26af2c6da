"""People recorded (perekaman), by status, with their NIK and name encrypted."""
