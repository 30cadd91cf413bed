"""Tests mirror the package, folder by folder, so that no two modules have one name."""
