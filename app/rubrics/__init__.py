"""Rubrics: what work is looked at for, in versions, and how it was judged by them."""
