"""Items (barang): blangko by version, ribbon, film, cleaning kits. Data, not code."""
