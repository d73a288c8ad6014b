"""Parts of the LaTeX output: escaping, fonts, compilation."""
