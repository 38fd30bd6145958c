"""Makes the demo model: a two-layer BERT whose raw [CLS] follows all-MiniLM-L6-v2."""
