"""Events (gotong royong, jemput bola) up to and while they run: stops, pledges, members, the start."""
