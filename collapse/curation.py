"""The room of the curators by its earlier name: whatever `collapse.curators` offers can be had from here as well."""

from collapse.curators import CURATORS, MOST_POOLS, Bench, Curator, Everything, Sieve, Verdict, reviewed

__all__ = ["CURATORS", "MOST_POOLS", "Bench", "Curator", "Everything", "Sieve", "Verdict", "reviewed"]
