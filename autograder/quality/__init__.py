"""Measures of the judge that can say no: mutants, mistakes in every style, claims made again."""
