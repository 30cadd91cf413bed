"""Installers, signatures and lists of parts, on a small stand-in for the frozen folder."""
