"""Figures with their sources: cited tables read into SI arrays, and the bibliography they cite."""
